using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// The one durable truth of a cluster. A completed write is on disk. Writes of one process are applied in the order of the
/// calls; any may be repeated. All members are safe to call from many threads; transient errors are retried inside.
/// </summary>
/// <remarks>
/// Every member throws <see cref="UserErrorException"/> with the ledger's place and a remedy where the storage refuses:
/// disk full, read-only, damaged, unreachable past the retries.
/// </remarks>
public interface ISweepLedger : IAsyncDisposable
{
    /// <summary>Where the ledger is, for people; holds no password.</summary>
    string Location { get; }

    /// <summary>
    /// The same for all processes that write to this ledger, and another for any other one; known once it is open, and empty where
    /// nothing can be said.
    /// </summary>
    string Identity => "";

    /// <summary>Creates the schema, or brings an older one up to date. To be awaited once before all else.</summary>
    /// <exception cref="UserErrorException">Not reachable, not writable, in use by another process, or of a newer schema.</exception>
    Task OpenAsync(CancellationToken cancellation);

    /// <summary>
    /// Begins a coordinator's term: writes of every earlier term are refused from now on, also those of a process that was
    /// frozen and does not know yet that it has a successor.
    /// </summary>
    /// <returns>The term, greater than every earlier one.</returns>
    Task<long> BeginTermAsync(CancellationToken cancellation);

    /// <summary>
    /// Stores a new sweep in state <see cref="SweepState.Pending"/>. Prefixes of exactly the draws of its fixed plan are kept from
    /// now on, however far other sweeps draw.
    /// </summary>
    Task<SweepAddition> AddSweepAsync(SweepDefinition definition, CancellationToken cancellation);

    /// <summary>One sweep, or null.</summary>
    Task<SweepRecord?> FindSweepAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>All sweeps, the first submitted first. Progress that cannot be read is left out, and an unknown state is a failure.</summary>
    Task<IReadOnlyList<SweepRecord>> ListSweepsAsync(CancellationToken cancellation);

    /// <summary>The sweeps that are not final, the first submitted first; nothing else of them is read.</summary>
    Task<IReadOnlyList<SweepId>> ListUnfinishedAsync(CancellationToken cancellation);

    /// <summary>The definition of a sweep, or null.</summary>
    Task<SweepDefinition?> ReadDefinitionAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>Records state, reason, priority and progress together.</summary>
    /// <returns>False where <paramref name="term"/> is given and over: nothing is written.</returns>
    Task<bool> SaveStateAsync(
        SweepId sweep,
        SweepState state,
        string? reason,
        int priority,
        SweepProgress? progress,
        long? term,
        CancellationToken cancellation
    );

    /// <summary>
    /// Records cumulative prefixes. The longest prefix of an image's stream is its state. A prefix of a recorded length is
    /// compared: equal is a repeat, different a conflict. A prefix that does not contain every recorded shorter one, or is not
    /// contained in a recorded longer one, is a conflict. Conflicts are reported, never stored. Of prefixes shorter than the longest
    /// only those are stored that have exactly the draws of a fixed plan.
    /// </summary>
    Task<RecordedVotes> RecordVotesAsync(
        ContentHash voteKey,
        DeviceStamp device,
        IReadOnlyList<VoteSnapshot> snapshots,
        CancellationToken cancellation
    );

    /// <summary>
    /// Drops the shorter prefixes of images that are finished, but for those that have exactly the draws of a fixed plan.
    /// </summary>
    /// <returns>The number of prefixes dropped.</returns>
    Task<int> PruneVotesAsync(ContentHash voteKey, IReadOnlyList<int> images, CancellationToken cancellation);

    /// <summary>The state of at most <paramref name="limit"/> images that have votes, from an image index on, ascending.</summary>
    Task<IReadOnlyList<StoredVotes>> ReadVotesAsync(
        ContentHash voteKey,
        int fromImage,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>Records a trained model unless the key has one already.</summary>
    /// <returns>The artifact that is recorded now: the first.</returns>
    Task<ArtifactRecord> RecordArtifactAsync(ArtifactRecord artifact, CancellationToken cancellation);

    /// <summary>The recorded artifact of a training run, or null.</summary>
    Task<ArtifactRecord?> FindArtifactAsync(ContentHash trainingKey, CancellationToken cancellation);

    /// <summary>Replaces all troubles of a cell that lie within the range of ordinals by new ones.</summary>
    /// <returns>False where <paramref name="term"/> is given and over: nothing is written.</returns>
    Task<bool> ReplaceTroublesAsync(
        SweepId sweep,
        CellId cell,
        int first,
        int count,
        IReadOnlyList<ShardTrouble> troubles,
        long? term,
        CancellationToken cancellation
    );

    /// <summary>The troubles of a sweep.</summary>
    Task<IReadOnlyList<ShardTrouble>> ReadTroublesAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>The devices that counted votes under any of the keys.</summary>
    Task<IReadOnlyList<DeviceStamp>> ReadDevicesAsync(
        IReadOnlyList<ContentHash> voteKeys,
        CancellationToken cancellation
    );

    /// <summary>Appends to a sweep's history.</summary>
    /// <returns>False where <paramref name="term"/> is given and over: nothing is written.</returns>
    Task<bool> AppendEventAsync(SweepId sweep, string kind, string text, long? term, CancellationToken cancellation);

    /// <summary>A sweep's history after an event number, oldest first, at most <paramref name="limit"/> lines.</summary>
    Task<IReadOnlyList<LedgerEvent>> ReadEventsAsync(
        SweepId sweep,
        long after,
        int limit,
        CancellationToken cancellation
    );
}
