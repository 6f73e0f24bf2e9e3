using CsCheck;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>The rule by which recorded prefixes judge others.</summary>
public sealed class PrefixChainTests
{
    private static readonly Gen<VoteCounts[]> PrefixesOfOneSequence = Gen.Int[0, 2]
        .Array[1, 40]
        .SelectMany(draws =>
            Gen.Int[1, draws.Length]
                .Array[1, 12]
                .Select(lengths => lengths.Select(length => Count(draws.AsSpan(0, length))).ToArray())
        );

    [Fact]
    public void Prefixes_of_one_sequence_never_conflict_and_the_longest_is_the_state_in_any_order()
    {
        PrefixesOfOneSequence.Sample(prefixes =>
        {
            var chain = new PrefixChain();
            foreach (var prefix in prefixes)
            {
                chain.Offer(prefix, out _).ShouldNotBe(PrefixVerdict.Conflict);
            }

            chain.Longest.ShouldBe(prefixes.MaxBy(p => p.Total));
        });
    }

    [Fact]
    public void A_repeat_is_known()
    {
        PrefixesOfOneSequence.Sample(prefixes =>
        {
            var chain = new PrefixChain();
            foreach (var prefix in prefixes)
            {
                chain.Offer(prefix, out _);
            }

            prefixes
                .Select(prefix => chain.Offer(prefix, out _))
                .ShouldAllBe(verdict => verdict == PrefixVerdict.Known);
        });
    }

    [Fact]
    public void One_vote_moved_to_another_class_is_a_conflict_and_changes_nothing()
    {
        PrefixesOfOneSequence.Sample(prefixes =>
        {
            var chain = new PrefixChain();
            chain.Offer(prefixes[0], out _);
            var moved = prefixes[0].AsSpan().ToArray();
            var from = Array.FindIndex(moved, c => c > 0);
            moved[from]--;
            moved[(from + 1) % moved.Length]++;

            chain.Offer(new VoteCounts(moved), out var contradicted).ShouldBe(PrefixVerdict.Conflict);

            contradicted.ShouldBe(prefixes[0]);
            chain.Longest.ShouldBe(prefixes[0]);
        });
    }

    [Fact]
    public void Stored_counts_read_back()
    {
        Gen.Long[0, long.MaxValue / 8]
            .Array[1, 6]
            .Sample(counts => VoteBlob.Read(VoteBlob.Write(new VoteCounts(counts))).ShouldBe(new VoteCounts(counts)));
    }

    [Fact]
    public void Stored_counts_that_are_cut_off_are_refused()
    {
        var bytes = VoteBlob.Write(new VoteCounts(1, 300));

        Should.Throw<InvalidDataException>(() => VoteBlob.Read(bytes.AsSpan(0, bytes.Length - 1)));
        Should.Throw<InvalidDataException>(() => VoteBlob.Read([]));
    }

    private static VoteCounts Count(ReadOnlySpan<int> draws)
    {
        var counts = new long[3];
        foreach (var draw in draws)
        {
            counts[draw]++;
        }

        return new VoteCounts(counts);
    }
}
