using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>A cluster of one process.</summary>
public sealed class OneProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _limit.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_sweep_runs_to_completion_with_the_votes_that_the_draws_determine()
    {
        var sweep = TestSweeps.Sweep(trained: true);
        await using var ledger = new SqliteSweepLedger(_folder.File("ledger.db"), TimeProvider.System);
        await using var cluster = await SweepCluster.StartAsync(TestNodes.Options(), ledger, new FakeDevices(2));

        (await cluster.Client.SubmitAsync(sweep, _limit.Token)).ShouldBeTrue();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.Completed);
        last.ImagesDone.ShouldBe(last.Images);
        last.Draws.ShouldBe(2 * 20 * 210);
        last.Trainings.ShouldAllBe(t => t.Done);
        await TestNodes.ShouldHaveExactVotesAsync(ledger, sweep, _limit.Token);
    }
}
