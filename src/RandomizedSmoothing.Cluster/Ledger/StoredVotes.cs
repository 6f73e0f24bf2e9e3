using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The recorded prefixes of both streams of one image.</summary>
/// <param name="ImageIndex">The image.</param>
/// <param name="Prefixes">The prefixes, those of each stream shortest first.</param>
public sealed record StoredVotes(int ImageIndex, IReadOnlyList<VoteSnapshot> Prefixes)
{
    /// <summary>The longest prefix of the selection draws; null without one.</summary>
    public VoteCounts? Selection => Longest(DrawStream.Selection)?.Counts;

    /// <summary>The longest prefix of the estimation draws; null without one.</summary>
    public VoteCounts? Estimation => Longest(DrawStream.Estimation)?.Counts;

    /// <summary>Device seconds of the two.</summary>
    public double Seconds =>
        (Longest(DrawStream.Selection)?.Seconds ?? 0) + (Longest(DrawStream.Estimation)?.Seconds ?? 0);

    /// <summary>
    /// What a plan reads: its own number of draws where they are recorded, though other plans drew more, and the longest prefix
    /// otherwise. Which of the two depends on what is recorded, never on what the votes are.
    /// </summary>
    /// <param name="plan">The draws of a fixed plan; null for the longest prefix always.</param>
    public StoredVotes ReadBy(FixedDraws? plan) =>
        plan is null
            ? this
            : Where(prefix =>
                prefix.Counts.Total <= plan[prefix.Stream] || !Prefixes.Any(other => IsOwn(other, plan, prefix.Stream))
            );

    /// <summary>What a plan draws on from: the longest prefix that is not beyond its number of draws.</summary>
    /// <param name="plan">The draws of a fixed plan; null for the longest prefix always.</param>
    public StoredVotes DrawnBy(FixedDraws? plan) =>
        plan is null ? this : Where(prefix => prefix.Counts.Total <= plan[prefix.Stream]);

    private static bool IsOwn(VoteSnapshot prefix, FixedDraws plan, DrawStream stream) =>
        prefix.Stream == stream && prefix.Counts.Total == plan[stream];

    private StoredVotes Where(Func<VoteSnapshot, bool> kept) => this with { Prefixes = [.. Prefixes.Where(kept)] };

    private VoteSnapshot? Longest(DrawStream stream) => Prefixes.LastOrDefault(prefix => prefix.Stream == stream);
}
