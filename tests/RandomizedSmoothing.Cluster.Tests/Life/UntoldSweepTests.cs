using Akka.Actor;
using Akka.Hosting;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Sweeps that are stored, and of which nobody tells the coordinator: who stored them died in between.</summary>
public sealed class UntoldSweepTests : OneProcess
{
    // Only what a command does may take a sweep in.
    private static readonly ClusterOptions Seldom = TestNodes.Options() with { ResendAfter = TimeSpan.FromSeconds(15) };

    [Fact]
    public async Task A_stored_sweep_is_begun_though_nobody_tells()
    {
        var sweep = TestSweeps.Sweep();
        await using var cluster = await StartAsync(new FakeDevices());
        await RunAsync(cluster, "first");

        await Ledger.AddSweepAsync(sweep, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }

    [Fact]
    public async Task It_can_be_cancelled_paused_and_put_before_others()
    {
        await using var cluster = await StartAsync(new FakeDevices(), Seldom);
        await RunAsync(cluster, "first");
        var (cancelled, paused, first) = (
            TestSweeps.Sweep("cancelled", voteSalt: "c"),
            TestSweeps.Sweep("paused", voteSalt: "p"),
            TestSweeps.Sweep("raised", voteSalt: "r")
        );
        foreach (var sweep in (SweepDefinition[])[cancelled, paused, first])
        {
            await Ledger.AddSweepAsync(sweep, Limit);
        }

        await cluster.Client.CancelAsync(cancelled.Id, Limit);
        await cluster.Client.PauseAsync(paused.Id, Limit);
        await cluster.Client.SetPriorityAsync(first.Id, 7, Limit);

        (await StoredAsync(cancelled.Id)).State.ShouldBe(SweepState.Cancelled);
        (await StoredAsync(paused.Id)).State.ShouldBe(SweepState.Paused);
        (await StoredAsync(first.Id)).Priority.ShouldBe(7);
        (await TestNodes.FinalAsync(cluster.Client, first.Id, Limit)).State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public async Task Who_submits_and_goes_away_has_submitted()
    {
        var sweep = TestSweeps.Sweep();
        var (ledger, calls) = FullLedger.Over(Ledger);
        using var gone = new CancellationTokenSource();
        await using var cluster = await SweepCluster.StartAsync(Seldom, ledger, new FakeDevices(), cancellation: Limit);
        await RunAsync(cluster, "first");
        calls.OnCall = name =>
        {
            if (name == nameof(ISweepLedger.AddSweepAsync))
            {
                gone.Cancel();
            }
        };

        (await cluster.Client.SubmitAsync(sweep, gone.Token)).ShouldBeTrue();

        (await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit)).State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public async Task It_is_read_once_however_often_the_coordinator_is_told()
    {
        var sweep = TestSweeps.Sweep();
        var (ledger, calls) = FullLedger.Over(Ledger);
        await using var cluster = await SweepCluster.StartAsync(Seldom, ledger, new FakeDevices(), cancellation: Limit);
        await RunAsync(cluster, "first");
        await Ledger.AddSweepAsync(sweep, Limit);
        var reads = 0;
        calls.OnCall = name => Interlocked.Add(ref reads, name == nameof(ISweepLedger.ReadDefinitionAsync) ? 1 : 0);
        var coordinator = ActorRegistry.For(TestNodes.SystemOf(cluster)).Get<SweepCoordinator>();

        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => coordinator.Ask<SweepCommands.Reply>(new SweepCommands.Submit(sweep.Id), Limit))
        );

        replies.ShouldAllBe(reply => reply.Refusal == null);
        await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);
        reads.ShouldBe(1);
    }

    // The coordinator has read the ledger by then.
    private async Task RunAsync(SweepCluster cluster, string id)
    {
        var sweep = TestSweeps.Sweep(id, cells: 1, images: 1, voteSalt: id);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);
    }

    private async Task<SweepRecord> StoredAsync(SweepId id) =>
        (await Ledger.FindSweepAsync(id, Limit)).ShouldNotBeNull();
}
