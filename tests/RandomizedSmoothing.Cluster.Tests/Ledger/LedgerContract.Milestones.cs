using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>What every ledger keeps of the prefixes that fixed plans end at.</summary>
public abstract partial class LedgerContract
{
    [SkippableFact]
    public async Task The_prefix_at_which_a_fixed_plan_ends_stays_when_another_plan_draws_on()
    {
        RequireStore();
        await Ledger.AddSweepAsync(FixedSweep("small", 20), default);
        await Record(DeviceA, Votes(3, 10), Votes(3, 20));
        (await Ledger.PruneVotesAsync(Key, [3], default)).ShouldBe(1);
        await Record(DeviceA, Votes(3, 30), Votes(3, 40));

        (await Ledger.PruneVotesAsync(Key, [3], default)).ShouldBe(1);

        await ShouldHavePrefixesAsync(20, 40);
        await ShouldReadAsync(20, 20);
        await ShouldReadAsync(40, 40);
        await ShouldReadAsync(30, 40);
    }

    [SkippableFact]
    public async Task One_fixed_plan_alone_keeps_one_prefix_of_an_image()
    {
        RequireStore();
        await Ledger.AddSweepAsync(FixedSweep("only", 30), default);
        await Record(DeviceA, Votes(3, 10), Votes(3, 20), Votes(3, 30));

        (await Ledger.PruneVotesAsync(Key, [3], default)).ShouldBe(2);

        await ShouldHavePrefixesAsync(30);
    }

    [SkippableFact]
    public async Task A_prefix_shorter_than_the_longest_is_stored_where_a_fixed_plan_ends_and_nowhere_else()
    {
        RequireStore();
        await Record(DeviceA, Votes(3, 40));
        await Ledger.AddSweepAsync(FixedSweep("later", 20), default);

        var recorded = await Record(DeviceB, Votes(3, 10), Votes(3, 20), Votes(3, 20), Votes(3, 30));
        var repeated = await Record(DeviceB, Votes(3, 20));

        recorded.Conflicts.ShouldBeEmpty();
        recorded.Images[0].Estimation.ShouldBe(Votes(3, 40).Counts);
        recorded.Images[0].DrawnBy(new FixedDraws(10, 20)).Estimation.ShouldBe(Votes(3, 20).Counts);
        repeated.Images[0].Prefixes.Count.ShouldBe(2);
        await ShouldHavePrefixesAsync(20, 40);
    }

    [SkippableFact]
    public async Task A_shorter_prefix_that_a_longer_one_does_not_contain_is_a_conflict_where_a_fixed_plan_ends()
    {
        RequireStore();
        await Record(DeviceA, Votes(3, 40));
        await Ledger.AddSweepAsync(FixedSweep("later", 20), default);
        var wrong = new VoteSnapshot(3, DrawStream.Estimation, new VoteCounts(0, 0, 20, 0), 1);
        wrong.Counts.IsPrefixOf(Votes(3, 40).Counts).ShouldBeFalse();

        (await Record(DeviceB, wrong)).Conflicts.ShouldHaveSingleItem();

        await ShouldHavePrefixesAsync(40);
    }

    [SkippableFact]
    public async Task Plans_that_the_votes_themselves_end_keep_nothing_aside()
    {
        RequireStore();
        var sweep = FixedSweep("anytime", 20);
        await Ledger.AddSweepAsync(sweep with { Plan = sweep.Plan with { Mode = CertificationMode.Anytime } }, default);
        await Record(DeviceA, Votes(3, 20), Votes(3, 40));

        await Ledger.PruneVotesAsync(Key, [3], default);

        await ShouldHavePrefixesAsync(40);
    }

    [SkippableFact]
    public async Task A_ledger_of_an_earlier_version_keeps_the_prefixes_of_the_plans_that_it_holds()
    {
        RequireStore();
        await Ledger.AddSweepAsync(FixedSweep("early", 20), default);
        await Record(DeviceA, Votes(3, 20));
        await Ledger.DisposeAsync();
        await MakeFirstVersionAsync();

        Ledger = await OpenAsync();
        await Record(DeviceA, Votes(3, 30));
        await Ledger.PruneVotesAsync(Key, [3], default);

        await ShouldHavePrefixesAsync(20, 30);
    }

    private protected static SweepDefinition FixedSweep(string id, long n)
    {
        var sweep = TestSweeps.Sweep(id, cells: 1, n: n);
        return sweep with { Cells = [sweep.Cells[0] with { VoteKey = Key }] };
    }

    private async Task ShouldHavePrefixesAsync(params long[] draws) =>
        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .Prefixes.Select(prefix => prefix.Counts)
            .ShouldBe(draws.Select(n => Votes(3, n).Counts));

    private async Task ShouldReadAsync(long n, long draws) =>
        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .ReadBy(new FixedDraws(10, n))
            .Estimation.ShouldBe(Votes(3, draws).Counts);
}
