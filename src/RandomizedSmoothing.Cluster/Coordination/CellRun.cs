using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>A range that failed and waits to be tried again.</summary>
public sealed record RetryRange(OrdinalRange Range, int Attempts, int Losses, string Reason);

/// <summary>A range whose lease has ended, while its aggregator is asked what is left of it.</summary>
/// <param name="Range">The range.</param>
/// <param name="Failure">Why the lease ended without success; null when the device counted or returned it.</param>
/// <param name="Attempts">Failed attempts, this one included.</param>
/// <param name="Losses">Lost devices without progress, this one included.</param>
/// <param name="MustBeFinished">The device claims that every image is finished.</param>
/// <param name="AskedAt">When the aggregator was asked last.</param>
public sealed record Settlement(
    OrdinalRange Range,
    string? Failure,
    int Attempts,
    int Losses,
    bool MustBeFinished,
    TimeSpan AskedAt
);

/// <summary>Finished images and recorded draws of both streams.</summary>
public readonly record struct Counted(int Images, long Draws);

/// <summary>The work of one cell: every ordinal is pending, leased, to be settled, quarantined or finished.</summary>
/// <param name="definition">The cell.</param>
/// <param name="images">The number of images.</param>
/// <param name="drawsPerImage">Draws of both streams that an image needs at most.</param>
/// <param name="changed">Told by how many images the work to hand out has grown.</param>
public sealed class CellRun(CellDefinition definition, int images, long drawsPerImage, Action<int>? changed = null)
{
    private readonly List<RetryRange> _retries = [];

    /// <summary>The cell.</summary>
    public CellDefinition Definition { get; } = definition;

    /// <summary>The number of images.</summary>
    public int Images { get; } = images;

    /// <summary>Draws of both streams that an image needs at most.</summary>
    public long DrawsPerImage { get; } = drawsPerImage;

    /// <summary>Ordinals nobody has tried and failed.</summary>
    public OrdinalRanges Pending { get; } = new(changed);

    /// <summary>Failed ranges, to be tried again.</summary>
    public IReadOnlyList<RetryRange> Retries => _retries;

    /// <summary>Ranges whose leases have ended.</summary>
    public List<Settlement> Settlements { get; } = [];

    /// <summary>Ranges that are given up, with reasons.</summary>
    public List<ShardTrouble> Quarantined { get; } = [];

    /// <summary>Why the whole cell is given up; null while it is not.</summary>
    public string? Failure { get; set; }

    /// <summary>The workers whose machines could not count for it when they last tried.</summary>
    public HashSet<string> AtFault { get; } = [];

    /// <summary>Whether the aggregator has said what is left to do.</summary>
    public bool IsOpen { get; set; }

    /// <summary>When the aggregator was asked for that last.</summary>
    public TimeSpan OpeningAskedAt { get; set; }

    /// <summary>Finished images, as recorded.</summary>
    public int ImagesDone { get; private set; }

    /// <summary>Recorded draws of both streams.</summary>
    public long Draws { get; private set; }

    /// <summary>All ordinals.</summary>
    public OrdinalRange All => new(0, Images);

    /// <summary>The images that are given up.</summary>
    public int QuarantinedImages =>
        Failure is not null ? Images - ImagesDone
        : Quarantined.Count == 0 ? 0
        : Quarantined.Sum(q => q.Count);

    /// <summary>Whether something of it can be handed out.</summary>
    public bool HasWork => !Pending.IsEmpty || Retries.Count > 0;

    /// <summary>Whether nothing of it is pending or under way, leases aside.</summary>
    public bool IsIdle => IsOpen && Pending.IsEmpty && Retries.Count == 0 && Settlements.Count == 0;

    /// <summary>A range is to be tried again.</summary>
    public void AddRetry(RetryRange retry)
    {
        _retries.Add(retry);
        changed?.Invoke(retry.Range.Count);
    }

    /// <summary>Forgets all failed ranges.</summary>
    public void ClearRetries()
    {
        changed?.Invoke(-_retries.Sum(r => r.Range.Count));
        _retries.Clear();
    }

    /// <summary>Takes in the aggregator's totals, which never shrink; returns how much of them is new.</summary>
    public Counted Advance(int imagesDone, long draws)
    {
        var added = new Counted(Math.Max(0, imagesDone - ImagesDone), Math.Max(0, draws - Draws));
        ImagesDone += added.Images;
        Draws += added.Draws;
        return added;
    }

    /// <summary>Takes the next piece of work out of the cell: untried images first, then failed ranges.</summary>
    public RetryRange? Take(int size)
    {
        if (Pending.Take(size) is { } fresh)
        {
            return new RetryRange(fresh, 0, 0, "");
        }

        if (_retries.Count == 0)
        {
            return null;
        }

        var retry = _retries[0];
        _retries.RemoveAt(0);
        changed?.Invoke(-retry.Range.Count);
        return retry;
    }

    /// <summary>The troubles that overlap a range, as the ledger is to hold them.</summary>
    public IReadOnlyList<ShardTrouble> TroublesWithin(OrdinalRange range) =>
        [
            .. Retries
                .Where(r => r.Attempts > 0 && Overlaps(r.Range, range))
                .Select(r => Trouble(r.Range, TroubleKind.Retry, r.Attempts, r.Reason)),
            .. Quarantined.Where(q => Overlaps(new OrdinalRange(q.First, q.Count), range)),
        ];

    /// <summary>A trouble of this cell.</summary>
    public ShardTrouble Trouble(OrdinalRange range, TroubleKind kind, int attempts, string reason) =>
        new(Definition.Id, range.First, range.Count, kind, attempts, reason);

    private static bool Overlaps(OrdinalRange a, OrdinalRange b) => a.First < b.End && b.First < a.End;
}
