using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>Terms of coordinators: what one writes that has a successor.</summary>
public abstract partial class LedgerContract
{
    [SkippableFact]
    public async Task A_coordinator_that_has_a_successor_writes_nothing_more()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep();
        var cell = sweep.Cells[0].Id;
        var trouble = new ShardTrouble(cell, 0, 4, TroubleKind.Retry, 1, "once");
        await Ledger.AddSweepAsync(sweep, default);
        var frozen = await Ledger.BeginTermAsync(default);
        (await Save(frozen, SweepState.Running)).ShouldBeTrue();
        var next = await Ledger.BeginTermAsync(default);
        (await Save(next, SweepState.Completed)).ShouldBeTrue();

        next.ShouldBeGreaterThan(frozen);
        (await Save(frozen, SweepState.Paused)).ShouldBeFalse();
        (await Ledger.ReplaceTroublesAsync(sweep.Id, cell, 0, 4, [trouble], frozen, default)).ShouldBeFalse();
        (await Ledger.AppendEventAsync(sweep.Id, "lease-expired", "late", frozen, default)).ShouldBeFalse();

        (await Ledger.FindSweepAsync(sweep.Id, default)).ShouldNotBeNull().State.ShouldBe(SweepState.Completed);
        (await Ledger.ReadTroublesAsync(sweep.Id, default)).ShouldBeEmpty();
        (await Ledger.ReadEventsAsync(sweep.Id, 0, 10, default)).ShouldBeEmpty();
        (await Ledger.ReplaceTroublesAsync(sweep.Id, cell, 0, 4, [trouble], next, default)).ShouldBeTrue();
        (await Ledger.AppendEventAsync(sweep.Id, "kind", "in time", next, default)).ShouldBeTrue();
        (await Ledger.ReadTroublesAsync(sweep.Id, default)).ShouldBe([trouble]);
        (await Ledger.ReadEventsAsync(sweep.Id, 0, 10, default)).ShouldHaveSingleItem().Text.ShouldBe("in time");

        Task<bool> Save(long term, SweepState state) =>
            Ledger.SaveStateAsync(sweep.Id, state, null, 0, null, term, default);
    }

    [SkippableFact]
    public async Task A_ledger_of_the_first_version_is_brought_up_to_date()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep();
        await Ledger.AddSweepAsync(sweep, default);
        await Ledger.DisposeAsync();
        await MakeFirstVersionAsync();

        Ledger = await OpenAsync();

        (await Ledger.BeginTermAsync(default)).ShouldBe(1);
        (await Ledger.ListSweepsAsync(default)).ShouldHaveSingleItem().Id.ShouldBe(sweep.Id);
    }

    /// <summary>Takes from a closed ledger what later versions have added.</summary>
    private protected abstract Task MakeFirstVersionAsync();
}
