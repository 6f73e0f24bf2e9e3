using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>A ledger that takes no writes for a while.</summary>
public sealed class FullDiskTests : OneProcess
{
    [Fact]
    public async Task A_full_disk_holds_the_sweep_with_a_reason_until_there_is_room_again()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 80);
        var (ledger, disk) = FullLedger.Over(Ledger);
        var devices = new FakeDevices();
        devices.AfterReport = (_, _, _) => disk.IsFull |= devices.DrawsCounted is > 500 and < 700;
        await using var cluster = await SweepCluster.StartAsync(
            TestNodes.Options(),
            ledger,
            devices,
            cancellation: Limit
        );
        await cluster.Client.SubmitAsync(sweep, Limit);

        var held = await TestNodes.WhenAsync(
            cluster.Client,
            sweep.Id,
            p => p.Reason is not null && devices.DrawsCounted >= 700,
            Limit
        );

        held.State.ShouldBe(SweepState.Paused);
        held.Reason.ShouldNotBeNull().ShouldStartWith(FullLedger.Refusal);
        (await cluster.Client.GetTroubleAsync(Limit)).ShouldBe(FullLedger.Refusal);
        // As it was before: the disk may have been full before the beginning was written.
        var kept = (await Ledger.FindSweepAsync(sweep.Id, Limit)).ShouldNotBeNull();
        kept.State.ShouldBeOneOf(SweepState.Pending, SweepState.Running);
        (
            await Should.ThrowAsync<Core.UserErrorException>(() => cluster.Client.SetPriorityAsync(sweep.Id, 5, Limit))
        ).Message.ShouldContain(FullLedger.Refusal);
        disk.IsFull = false;
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        (await cluster.Client.GetTroubleAsync(Limit)).ShouldBeNull();
        devices.DrawsCounted.ShouldBe(80 * 210);
        var history = await Ledger.ReadEventsAsync(sweep.Id, 0, 100, Limit);
        history.Select(e => e.Kind).Where(k => k is "held" or "goes on").Distinct().ShouldBe(["held", "goes on"]);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }
}
