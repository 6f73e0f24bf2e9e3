using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>A ledger whose file is taken away while a sweep runs.</summary>
public sealed class LeftFileTests : OneProcess
{
    [SkippableFact]
    public async Task A_file_that_is_moved_away_holds_the_sweep_until_it_is_back()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows keeps open files where they are.");
        var sweep = TestSweeps.Sweep(cells: 1, images: 80);
        var away = Ledger.Location + ".away";
        var moved = 0;
        var devices = new FakeDevices();
        devices.AfterReport = (_, _, _) =>
        {
            if (devices.DrawsCounted > 500 && Interlocked.Exchange(ref moved, 1) == 0)
            {
                File.Move(Ledger.Location, away);
            }
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);

        var held = await TestNodes.WhenAsync(cluster.Client, sweep.Id, p => p.Reason is not null, Limit);

        held.State.ShouldBe(SweepState.Paused);
        held.Reason.ShouldNotBeNull().ShouldStartWith(SqliteErrors.Left(Ledger.Location).Message);
        File.Exists(Ledger.Location).ShouldBeFalse();
        File.Move(away, Ledger.Location);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }
}
