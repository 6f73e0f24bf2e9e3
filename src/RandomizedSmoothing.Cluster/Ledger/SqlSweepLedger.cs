using System.Data.Common;
using Dapper;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The ledger in SQL that SQLite and PostgreSQL both speak; a database supplies connections, dialect and schema.</summary>
public abstract class SqlSweepLedger : ISweepLedger
{
    private readonly GroupCommitQueue<LedgerSession> _writes;
    private readonly ILedgerDialect _dialect;
    private readonly VoteTable _votes;
    private readonly MilestoneTable _milestones;
    private readonly TimeProvider _time;

    private protected SqlSweepLedger(ILedgerDialect dialect, TimeProvider time)
    {
        _dialect = dialect;
        _votes = new VoteTable(dialect);
        _milestones = new MilestoneTable(dialect);
        _time = time;
        _writes = new GroupCommitQueue<LedgerSession>(InTransactionAsync);
    }

    /// <inheritdoc />
    public abstract string Location { get; }

    /// <inheritdoc />
    public string Identity { get; private protected set; } = "";

    /// <inheritdoc />
    public abstract Task OpenAsync(CancellationToken cancellation);

    /// <summary>Runs the action in a transaction and commits it durably; repeats it after a transient failure.</summary>
    private protected abstract Task InTransactionAsync(Func<LedgerSession, Task> action);

    /// <summary>Runs a query on a connection of its own; repeats it after a transient failure.</summary>
    private protected abstract Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> query, CancellationToken cancellation);

    /// <inheritdoc />
    public Task<long> BeginTermAsync(CancellationToken cancellation) => WriteAsync(TermTable.BeginAsync, cancellation);

    /// <inheritdoc />
    public Task<SweepAddition> AddSweepAsync(SweepDefinition definition, CancellationToken cancellation) =>
        WriteAsync(
            async session =>
            {
                var added = await SweepTable.AddAsync(session, definition, Now());
                if (added == SweepAddition.Added)
                {
                    await _milestones.AddAsync(session, definition);
                }

                return added;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<SweepRecord?> FindSweepAsync(SweepId sweep, CancellationToken cancellation) =>
        ReadAsync(async c => (await SweepTable.ListAsync(c, sweep)).SingleOrDefault(), cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<SweepRecord>> ListSweepsAsync(CancellationToken cancellation) =>
        ReadAsync(c => SweepTable.ListAsync(c, only: null), cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<SweepId>> ListUnfinishedAsync(CancellationToken cancellation) =>
        ReadAsync(SweepTable.UnfinishedAsync, cancellation);

    /// <inheritdoc />
    public Task<SweepDefinition?> ReadDefinitionAsync(SweepId sweep, CancellationToken cancellation) =>
        ReadAsync(c => SweepTable.DefinitionAsync(c, sweep), cancellation);

    /// <inheritdoc />
    public Task<bool> SaveStateAsync(
        SweepId sweep,
        SweepState state,
        string? reason,
        int priority,
        SweepProgress? progress,
        long? term,
        CancellationToken cancellation
    ) =>
        WriteInTermAsync(
            term,
            session => SweepTable.SaveStateAsync(session, sweep, state, reason, priority, progress, Now()),
            cancellation
        );

    /// <inheritdoc />
    public Task<RecordedVotes> RecordVotesAsync(
        ContentHash voteKey,
        DeviceStamp device,
        IReadOnlyList<VoteSnapshot> snapshots,
        CancellationToken cancellation
    ) => WriteAsync(session => _votes.RecordAsync(session, voteKey, device, snapshots), cancellation);

    /// <inheritdoc />
    public Task<int> PruneVotesAsync(ContentHash voteKey, IReadOnlyList<int> images, CancellationToken cancellation) =>
        WriteAsync(session => _votes.PruneAsync(session, voteKey, images), cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<StoredVotes>> ReadVotesAsync(
        ContentHash voteKey,
        int fromImage,
        int limit,
        CancellationToken cancellation
    ) => ReadAsync(c => VoteTable.ReadAsync(c, voteKey, fromImage, limit), cancellation);

    /// <inheritdoc />
    public Task<ArtifactRecord> RecordArtifactAsync(ArtifactRecord artifact, CancellationToken cancellation) =>
        WriteAsync(session => SweepTable.RecordArtifactAsync(session, artifact, Now()), cancellation);

    /// <inheritdoc />
    public Task<ArtifactRecord?> FindArtifactAsync(ContentHash trainingKey, CancellationToken cancellation) =>
        ReadAsync(c => SweepTable.FindArtifactAsync(c, trainingKey), cancellation);

    /// <inheritdoc />
    public Task<bool> ReplaceTroublesAsync(
        SweepId sweep,
        CellId cell,
        int first,
        int count,
        IReadOnlyList<ShardTrouble> troubles,
        long? term,
        CancellationToken cancellation
    ) =>
        WriteInTermAsync(
            term,
            session => SweepTable.ReplaceTroublesAsync(session, sweep, cell, first, count, troubles),
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<ShardTrouble>> ReadTroublesAsync(SweepId sweep, CancellationToken cancellation) =>
        ReadAsync(c => SweepTable.TroublesAsync(c, sweep), cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<DeviceStamp>> ReadDevicesAsync(
        IReadOnlyList<ContentHash> voteKeys,
        CancellationToken cancellation
    ) => ReadAsync(c => _votes.DevicesAsync(c, voteKeys), cancellation);

    /// <inheritdoc />
    public Task<bool> AppendEventAsync(
        SweepId sweep,
        string kind,
        string text,
        long? term,
        CancellationToken cancellation
    ) =>
        WriteInTermAsync(
            term,
            async session =>
            {
                await _dialect.LockHistoryAsync(session, sweep.Value);
                await SweepTable.AppendEventAsync(session, sweep, kind, text, Now());
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<LedgerEvent>> ReadEventsAsync(
        SweepId sweep,
        long after,
        int limit,
        CancellationToken cancellation
    ) => ReadAsync(c => SweepTable.EventsAsync(c, sweep, after, limit), cancellation);

    /// <summary>Commits what is queued, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        OnClosing();
        await _writes.DisposeAsync();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Called once, before the writes that are still queued.</summary>
    private protected virtual void OnClosing() { }

    /// <summary>Closes the database; called once, after the last write.</summary>
    private protected abstract ValueTask CloseAsync();

    private protected Task<T> WriteAsync<T>(Func<LedgerSession, Task<T>> write, CancellationToken cancellation) =>
        _writes.WriteAsync(write, cancellation);

    private Task<bool> WriteInTermAsync(long? term, Func<LedgerSession, Task> write, CancellationToken cancellation) =>
        WriteAsync(
            async session =>
            {
                if (term is { } own && !await TermTable.IsCurrentAsync(session, _dialect, own))
                {
                    return false;
                }

                await write(session);
                return true;
            },
            cancellation
        );

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
