using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>One sweep as stored, without its definition.</summary>
/// <param name="Id">The sweep.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Last recorded state.</param>
/// <param name="Reason">Why it is in that state, where there is something to say.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="SubmittedAt">When it was accepted.</param>
/// <param name="UpdatedAt">When state, reason or priority last changed.</param>
/// <param name="Progress">Progress when the state was last recorded; null before the first record.</param>
public sealed record SweepRecord(
    SweepId Id,
    string Name,
    SweepState State,
    string? Reason,
    int Priority,
    DateTimeOffset SubmittedAt,
    DateTimeOffset UpdatedAt,
    SweepProgress? Progress
);

/// <summary>What became of a submitted sweep.</summary>
public enum SweepAddition
{
    /// <summary>Stored now.</summary>
    Added,

    /// <summary>Stored before with the same definition; nothing changed.</summary>
    Known,

    /// <summary>The id belongs to another definition; nothing changed.</summary>
    Different,
}

/// <summary>Votes that contradict what is recorded; the recorded ones stay.</summary>
/// <param name="ImageIndex">The image.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Recorded">The votes that stay.</param>
/// <param name="Refused">The votes that were refused.</param>
/// <param name="RecordedBy">The device whose votes stay, where it is known.</param>
public sealed record VoteConflict(
    int ImageIndex,
    DrawStream Stream,
    VoteCounts Recorded,
    VoteCounts Refused,
    string RecordedBy
);

/// <summary>The durable outcome of recording votes.</summary>
/// <param name="Images">The state, after recording, of every image that was touched.</param>
/// <param name="Conflicts">Refused votes.</param>
public sealed record RecordedVotes(IReadOnlyList<StoredVotes> Images, IReadOnlyList<VoteConflict> Conflicts);

/// <summary>A device with the software that ran on it, as the manifest names it.</summary>
/// <param name="Node">The worker node, <c>host:port</c>.</param>
/// <param name="Name">The device's name within the node.</param>
/// <param name="Kind"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Description">Processor or GPU.</param>
/// <param name="Software">Library versions, <c>name version</c> separated by commas.</param>
public sealed record DeviceStamp(string Node, string Name, string Kind, string Description, string Software)
{
    /// <summary>Node and device, as <c>10.0.0.7:4053/cuda:0</c>.</summary>
    public string Id => $"{Node}/{Name}";
}

/// <summary>A trained base classifier's file.</summary>
public sealed record ArtifactRecord(ContentHash TrainingKey, ContentHash FileHash, double Accuracy, double Seconds);

/// <summary>What is wrong with a range of images.</summary>
public enum TroubleKind
{
    /// <summary>It failed and is tried again.</summary>
    Retry,

    /// <summary>It failed too often and is left out.</summary>
    Quarantined,

    /// <summary>It cannot succeed: the input is wrong.</summary>
    Failed,
}

/// <summary>A range of image ordinals that failed.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="First">First ordinal.</param>
/// <param name="Count">Number of ordinals.</param>
/// <param name="Kind">What follows from it.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="Reason">The last failure.</param>
public sealed record ShardTrouble(CellId Cell, int First, int Count, TroubleKind Kind, int Attempts, string Reason);

/// <summary>One line of a sweep's history.</summary>
/// <param name="Number">Ascending within the ledger; 0 before it is stored.</param>
/// <param name="At">When it happened.</param>
/// <param name="Kind">A word: <c>submitted</c>, <c>lease-expired</c>, <c>quarantined</c> and the like.</param>
/// <param name="Text">For people.</param>
public sealed record LedgerEvent(long Number, DateTimeOffset At, string Kind, string Text);
