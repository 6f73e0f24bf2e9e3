using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Devices whose actor system dies under them, and devices that hang.</summary>
public sealed class DeadAndHungTests : OneProcess
{
    // Longer than a device that computes nothing is silent on a busy machine.
    private static readonly ClusterOptions Impatient = TestNodes.Options() with
    {
        StallAfter = TimeSpan.FromSeconds(8),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_computed_on_after_the_actor_system_has_ended(bool waiting)
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4, n: 1000, trained: waiting);
        var reached = new TaskCompletionSource();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hold(CancellationToken cancellation)
        {
            reached.TrySetResult();
            cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(60)).ShouldBeTrue();
            ended.TrySetResult();
        }

        var devices = new FakeDevices
        {
            AfterReport = (_, _, cancellation) => Hold(cancellation),
            DuringTraining = (_, cancellation) => Hold(cancellation),
        };
        var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await reached.Task.WaitAsync(Limit);

        var system = (ExtendedActorSystem)cluster.Services.GetRequiredService<ActorSystem>();
        system.Abort();

        await ended.Task.WaitAsync(Limit);
        await system.WhenTerminated.WaitAsync(Limit);
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_hangs_loses_its_shard_with_a_reason_and_the_sweep_ends_without_it()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 12, n: 1000);
        var gate = new Gate();
        var hangs = true;
        var devices = new FakeDevices(2)
        {
            AfterReport = (_, _, _) =>
            {
                if (hangs)
                {
                    hangs = false;
                    gate.PassDeaf();
                }
            },
        };
        await using var cluster = await StartAsync(devices, Impatient);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await gate.Reached;

        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        var suspicions = (await cluster.Client.GetWorkersAsync(Limit))[0].Devices.Select(d => d.Suspicion).ToList();
        suspicions.ShouldContain(s => s != null && s.Contains("made no progress"));
        suspicions.ShouldContain((string?)null);
        (await Ledger.ReadEventsAsync(sweep.Id, 0, 100, Limit)).ShouldContain(e => e.Kind == "stalled");
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
        gate.Open();
    }

    [Fact]
    public async Task A_training_without_a_step_is_failed_like_a_shard()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4, trained: true, maxAttempts: 1);
        var gate = new Gate();
        var devices = new FakeDevices { DuringTraining = (_, cancellation) => gate.Pass(cancellation) };
        await using var cluster = await StartAsync(devices, Impatient);
        await cluster.Client.SubmitAsync(sweep, Limit);

        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Failed);
        last.Reason.ShouldNotBeNull().ShouldContain("made no progress");
    }
}
