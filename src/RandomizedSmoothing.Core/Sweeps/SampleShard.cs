using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>A contiguous range of the image ordinals of one cell: the unit that is leased to a device.</summary>
public readonly record struct SampleShard(SweepId Sweep, CellId Cell, int First, int Count)
{
    /// <summary>The id of the shard.</summary>
    public ShardId Id => new(Sweep, Cell, First, Count);

    /// <summary>The ordinal after the last.</summary>
    public int End => First + Count;
}

/// <summary>
/// The votes of the contiguous draw prefix [0, <c>Counts.Total</c>) of one stream of one image. Snapshots are cumulative, so
/// reporting one twice, late or out of order changes nothing: the longest prefix wins, and two snapshots of equal length
/// must be equal.
/// </summary>
/// <param name="ImageIndex">Index of the image in its split.</param>
/// <param name="Stream">Selection or estimation.</param>
/// <param name="Counts">Votes of the prefix.</param>
/// <param name="Seconds">Device seconds spent on the prefix; information only, never compared.</param>
public sealed record VoteSnapshot(int ImageIndex, DrawStream Stream, VoteCounts Counts, double Seconds);

/// <summary>All that a device needs to count the votes of one shard.</summary>
/// <param name="Shard">The range of ordinals.</param>
/// <param name="Sweep">The sweep, with data sets, models, plan.</param>
/// <param name="Cell">The cell of the shard.</param>
/// <param name="ModelFile">Digest of the base classifier's file: imported, or trained earlier in the sweep.</param>
/// <param name="Counted">Prefixes that are already recorded; counting goes on from there.</param>
public sealed record ShardAssignment(
    SampleShard Shard,
    SweepDefinition Sweep,
    CellDefinition Cell,
    ContentHash ModelFile,
    IReadOnlyList<VoteSnapshot> Counted
);

/// <summary>The votes of one image as stored.</summary>
public sealed record ImageVotes(int ImageIndex, int Label, VoteCounts Selection, VoteCounts Estimation, double Seconds);

/// <summary>The votes of one cell, one entry per image of the selection in ordinal order; an image not yet drawn has zero votes.</summary>
public sealed record CellVotes(CellDefinition Cell, DatasetReference Dataset, IReadOnlyList<ImageVotes> Images);
