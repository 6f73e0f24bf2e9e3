using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>What every ledger does, whatever it stores in.</summary>
public abstract partial class LedgerContract : IAsyncLifetime
{
    private protected static readonly DeviceStamp DeviceA = new("a:1", "cpu:0", "cpu", "processor", "lib 1");
    private protected static readonly DeviceStamp DeviceB = new("b:1", "cuda:0", "cuda", "graphics", "lib 1");
    private protected static readonly ContentHash Key = TestSweeps.Hash("key");

    private protected ISweepLedger Ledger { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (await StartAsync())
        {
            Ledger = await OpenAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (Ledger is not null)
        {
            await Ledger.DisposeAsync();
        }

        await StopAsync();
    }

    [SkippableFact]
    public async Task A_sweep_reads_back_as_it_was_submitted()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep(trained: true);

        (await Ledger.AddSweepAsync(sweep, default)).ShouldBe(SweepAddition.Added);

        var back = (await Ledger.ReadDefinitionAsync(sweep.Id, default)).ShouldNotBeNull();
        LedgerJson.Write(back).ShouldBe(LedgerJson.Write(sweep));
        back.Cells[1].ShouldBe(sweep.Cells[1]);
        back.Datasets[0].Labels.ShouldBe(sweep.Datasets[0].Labels);
        var record = (await Ledger.FindSweepAsync(sweep.Id, default)).ShouldNotBeNull();
        record.State.ShouldBe(SweepState.Pending);
        (await Ledger.FindSweepAsync(new SweepId("other"), default)).ShouldBeNull();
        (await Ledger.ReadDefinitionAsync(new SweepId("other"), default)).ShouldBeNull();
    }

    [SkippableFact]
    public async Task The_same_sweep_again_is_known_and_another_of_its_id_is_refused()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep();
        await Ledger.AddSweepAsync(sweep, default);

        (await Ledger.AddSweepAsync(sweep, default)).ShouldBe(SweepAddition.Known);
        (await Ledger.AddSweepAsync(sweep with { Seed = 8 }, default)).ShouldBe(SweepAddition.Different);

        (await Ledger.ReadDefinitionAsync(sweep.Id, default)).ShouldNotBeNull().Seed.ShouldBe(7UL);
    }

    [SkippableFact]
    public async Task State_reason_priority_and_progress_are_recorded_together()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep();
        await Ledger.AddSweepAsync(sweep, default);
        var progress = new SweepProgress
        {
            Sweep = sweep.Id,
            Name = sweep.Name,
            State = SweepState.Paused,
            Cells = [new CellProgress(sweep.Cells[0].Id, 1, 2, 3, 4)],
            Warnings = ["careful"],
            Remaining = TimeSpan.FromSeconds(12.5),
        };

        await Ledger.SaveStateAsync(sweep.Id, SweepState.Paused, "because", 5, progress, null, default);
        await Ledger.SaveStateAsync(sweep.Id, SweepState.Cancelled, null, 6, null, null, default);

        var record = (await Ledger.ListSweepsAsync(default)).ShouldHaveSingleItem();
        record.State.ShouldBe(SweepState.Cancelled);
        record.Reason.ShouldBeNull();
        record.Priority.ShouldBe(6);
        var kept = record.Progress.ShouldNotBeNull();
        kept.Cells.ShouldBe(progress.Cells);
        kept.Warnings.ShouldBe(progress.Warnings);
        kept.Remaining.ShouldBe(progress.Remaining);
    }

    [SkippableFact]
    public async Task Sweeps_that_are_not_final_are_listed_the_first_submitted_first()
    {
        RequireStore();
        foreach (var state in Enum.GetValues<SweepState>())
        {
            var sweep = TestSweeps.Sweep($"{(int)state}-{state}");
            await Ledger.AddSweepAsync(sweep, default);
            await Ledger.SaveStateAsync(sweep.Id, state, null, 0, null, null, default);
        }

        (await Ledger.ListUnfinishedAsync(default))
            .Select(id => id.Value)
            .ShouldBe(["0-Pending", "1-Running", "2-Paused"]);
    }

    [SkippableFact]
    public async Task The_first_file_of_a_training_run_stays()
    {
        RequireStore();
        var first = new ArtifactRecord(TestSweeps.Hash("t"), TestSweeps.Hash("one"), 0.9, 12);

        (await Ledger.RecordArtifactAsync(first, default)).ShouldBe(first);
        (await Ledger.RecordArtifactAsync(first with { FileHash = TestSweeps.Hash("two") }, default)).ShouldBe(first);

        (await Ledger.FindArtifactAsync(first.TrainingKey, default)).ShouldBe(first);
        (await Ledger.FindArtifactAsync(TestSweeps.Hash("other"), default)).ShouldBeNull();
    }

    [SkippableFact]
    public async Task Troubles_of_a_range_replace_those_within_it()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep();
        var cell = sweep.Cells[0].Id;
        var retry = new ShardTrouble(cell, 4, 4, TroubleKind.Retry, 1, "once");
        var quarantined = new ShardTrouble(cell, 5, 1, TroubleKind.Quarantined, 3, "thrice");
        var other = new ShardTrouble(cell, 12, 4, TroubleKind.Retry, 2, "twice");

        await Ledger.ReplaceTroublesAsync(sweep.Id, cell, 4, 4, [retry], null, default);
        await Ledger.ReplaceTroublesAsync(sweep.Id, cell, 12, 4, [other], null, default);
        await Ledger.ReplaceTroublesAsync(sweep.Id, cell, 4, 4, [quarantined], null, default);
        await Ledger.ReplaceTroublesAsync(sweep.Id, sweep.Cells[1].Id, 0, 20, [], null, default);

        (await Ledger.ReadTroublesAsync(sweep.Id, default)).ShouldBe([quarantined, other]);
        (await Ledger.ReadTroublesAsync(new SweepId("other"), default)).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task History_is_read_in_order_and_from_any_point()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep();
        for (var i = 0; i < 5; i++)
        {
            await Ledger.AppendEventAsync(sweep.Id, "kind", $"event {i}", null, default);
        }

        await Ledger.AppendEventAsync(new SweepId("other"), "kind", "elsewhere", null, default);

        var first = await Ledger.ReadEventsAsync(sweep.Id, 0, 2, default);
        var rest = await Ledger.ReadEventsAsync(sweep.Id, first[^1].Number, 100, default);
        first.Concat(rest).Select(e => e.Text).ShouldBe(Enumerable.Range(0, 5).Select(i => $"event {i}"));
    }

    [SkippableFact]
    public async Task Everything_is_there_after_closing_and_opening_again()
    {
        RequireStore();
        var sweep = TestSweeps.Sweep();
        await Ledger.AddSweepAsync(sweep, default);
        await Record(DeviceA, Votes(3, 30));

        await Ledger.DisposeAsync();
        Ledger = await OpenAsync();

        (await Ledger.ListSweepsAsync(default)).ShouldHaveSingleItem();
        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .Estimation.ShouldBe(Votes(3, 30).Counts);
    }

    /// <summary>Makes an empty store; false where there can be none.</summary>
    private protected abstract Task<bool> StartAsync();

    private protected abstract Task<ISweepLedger> OpenAsync();

    private protected abstract Task StopAsync();

    private protected abstract void RequireStore();

    private protected static VoteSnapshot Votes(int image, long draws, DrawStream stream = DrawStream.Estimation) =>
        new(image, stream, TestSweeps.Votes(Key, image, stream, draws), 0.5);

    private protected Task<RecordedVotes> Record(DeviceStamp device, params VoteSnapshot[] votes) =>
        Ledger.RecordVotesAsync(Key, device, votes, default);
}
