using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>A cell that has two aggregators for a while, because one cluster had become two.</summary>
public sealed class TwoAggregatorsTests : OneProcess
{
    [Fact]
    public async Task What_the_other_one_has_recorded_is_finished()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 40);
        var gate = new Gate();
        var devices = new FakeDevices();
        devices.AfterReport = (_, _, cancellation) =>
        {
            if (devices.DrawsCounted > 1000)
            {
                gate.Pass(cancellation);
            }
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await gate.Reached;

        await RecordAllAsync(sweep);
        gate.Open();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed, last.Reason);
        last.ImagesDone.ShouldBe(40);
        (await Ledger.ReadTroublesAsync(sweep.Id, Limit)).ShouldBeEmpty();
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }

    private async Task RecordAllAsync(SweepDefinition sweep)
    {
        var cell = sweep.Cells[0];
        var dataset = sweep.DatasetOf(cell);
        VoteSnapshot Votes(int ordinal, DrawStream stream, long draws) =>
            new(
                dataset.IndexOf(ordinal),
                stream,
                TestSweeps.Votes(cell.VoteKey, dataset.IndexOf(ordinal), stream, draws),
                1
            );
        await Ledger.RecordVotesAsync(
            cell.VoteKey,
            new DeviceStamp("elsewhere:1", "cpu:0", "cpu", "processor", "lib 1"),
            [
                .. Enumerable
                    .Range(0, dataset.Count)
                    .SelectMany(i =>
                        new[]
                        {
                            Votes(i, DrawStream.Selection, sweep.Plan.N0),
                            Votes(i, DrawStream.Estimation, sweep.Plan.N),
                        }
                    ),
            ],
            Limit
        );
    }
}
