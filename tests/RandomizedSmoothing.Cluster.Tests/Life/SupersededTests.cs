using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>A coordinator that finds that another has begun.</summary>
public sealed class SupersededTests : OneProcess
{
    [Fact]
    public async Task It_stops_and_goes_on_from_the_ledger_when_it_turns_out_to_be_the_only_one()
    {
        var sweep = TestSweeps.Sweep(cells: 2, images: 40);
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

        // What a successor on another node does, which is then put out.
        var stolen = await Ledger.BeginTermAsync(Limit);
        gate.Open();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        (await Ledger.BeginTermAsync(Limit)).ShouldBe(stolen + 2);
        (await Ledger.FindSweepAsync(sweep.Id, Limit)).ShouldNotBeNull().State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }
}
