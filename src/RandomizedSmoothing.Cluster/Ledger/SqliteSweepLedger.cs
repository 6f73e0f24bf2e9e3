using System.Data.Common;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// The embedded ledger: one SQLite file in write-ahead mode, one writing process (held by <c>file.lock</c> beside it), any
/// number of readers. Every commit is flushed to disk, and none is made to a file that is no longer at its path.
/// </summary>
public sealed class SqliteSweepLedger : SqlSweepLedger
{
    private readonly string _path;
    private readonly bool _readOnly;
    private volatile bool _closed;
    private bool _still;
    private FileStream? _lock;
    private SqliteConnection? _writer;
    private SqliteLog? _log;

    /// <summary>Names the file; nothing is touched before <see cref="OpenAsync"/>.</summary>
    /// <param name="path">The file; created when it does not exist.</param>
    /// <param name="time">Clock of the recorded times.</param>
    /// <param name="readOnly">Reads a ledger beside the process that writes it; every write is refused.</param>
    public SqliteSweepLedger(string path, TimeProvider time, bool readOnly = false)
        : base(new Dialect(), time)
    {
        _path = Path.GetFullPath(path);
        _readOnly = readOnly;
    }

    /// <inheritdoc />
    public override string Location => _path;

    /// <summary>
    /// Whether a file opened for reading has no table yet, as one whose first process was killed in its first moments: there is
    /// nothing to read, and whoever opens it for writing makes a ledger of it.
    /// </summary>
    public bool IsUnwritten { get; private set; }

    /// <inheritdoc />
    public override async Task OpenAsync(CancellationToken cancellation)
    {
        if (_writer is not null)
        {
            return;
        }

        if (_readOnly)
        {
            if (!File.Exists(_path))
            {
                throw new UserErrorException(
                    $"There is no ledger at {_path}. Name the folder of an earlier run, or start one with `rsmooth run`."
                );
            }

            _still = await IsStillAsync(cancellation);
            await ReadAsync(
                async connection =>
                {
                    IsUnwritten = await SqliteSchema.RequireKnownAsync(connection, _path) == 0;
                    return true;
                },
                cancellation
            );
            return;
        }

        _lock = SqliteLock.Take(_path);
        try
        {
            _writer = await Task.Run(() => OpenWriterAsync(cancellation), cancellation);
            _log = SqliteLog.Of(_path);
        }
        catch (Exception error)
        {
            await CloseAsync();
            if (SqliteErrors.Explain(error, _path) is { } explained)
            {
                throw explained;
            }

            throw;
        }
    }

    private protected override async Task InTransactionAsync(Func<LedgerSession, Task> action)
    {
        var writer =
            _writer
            ?? throw new UserErrorException(
                $"The ledger {_path} is open for reading only, so nothing can be recorded in it. Open it with the command "
                    + "that runs the sweep."
            );
        try
        {
            using (var transaction = writer.BeginTransaction())
            {
                await action(new LedgerSession(writer, transaction));
                if (SqlitePlace.IsLeft(writer))
                {
                    throw SqliteErrors.Left(_path);
                }

                if (_log?.IsLeft() != true)
                {
                    transaction.Commit();
                    return;
                }
            }

            await SaveLogAsync(writer);
            throw SqliteErrors.LogLeft(_path);
        }
        catch (Exception error) when (SqliteErrors.Explain(error, _path) is { } explained)
        {
            throw explained;
        }
    }

    // What lies in the lost file alone is moved into the database, so that it outlives this process and readers find it: a log of
    // which everything is in the database is passed over by them.
    private async Task SaveLogAsync(SqliteConnection writer)
    {
        await writer.ExecuteAsync("PRAGMA wal_checkpoint(PASSIVE)");
        ClearReaders();
    }

    private protected override Task<T> ReadAsync<T>(
        Func<DbConnection, Task<T>> query,
        CancellationToken cancellation
    ) =>
        Task.Run(
            async () =>
            {
                // A connection opened after the last would lay the files beside the database again.
                ObjectDisposedException.ThrowIf(_closed, this);
                try
                {
                    await using var connection = new SqliteConnection(ReaderString());
                    await connection.OpenAsync(cancellation);
                    return await query(connection);
                }
                catch (Exception error) when (SqliteErrors.Explain(error, _path) is { } explained)
                {
                    throw explained;
                }
            },
            cancellation
        );

    private protected override async ValueTask CloseAsync()
    {
        _closed = true;
        _log?.Dispose();
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync();
        }

        ClearReaders();
        if (_lock is not null)
        {
            await _lock.DisposeAsync();
            _lock = null;
        }
    }

    private void ClearReaders()
    {
        using var any = new SqliteConnection(ReaderString());
        SqliteConnection.ClearPool(any);
    }

    private async Task<SqliteConnection> OpenWriterAsync(CancellationToken cancellation)
    {
        var connection = new SqliteConnection(ConnectionString(SqliteOpenMode.ReadWriteCreate, pooling: false));
        try
        {
            await connection.OpenAsync(cancellation);
            await SqliteSchema.RequireKnownAsync(connection, _path);
            await connection.ExecuteAsync("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            await SqliteSchema.MigrateAsync(connection, new Dialect());
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // A reader lays files beside the database, which a folder on a read-only file system does not take. Where everything is in the
    // database and nobody can write to it, it is read as it lies there.
    private async Task<bool> IsStillAsync(CancellationToken cancellation)
    {
        try
        {
            await using var connection = new SqliteConnection(ReaderString());
            await connection.OpenAsync(cancellation);
            await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM sqlite_master");
            return false;
        }
        catch (SqliteException error)
            when (error.SqliteErrorCode is SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_READONLY)
        {
            return new FileInfo(SqliteLog.PathOf(_path)) is { Exists: false } or { Length: 0 };
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    // Beside a writer there is a file: if not, it was deleted, and an empty one in its place would hide that.
    private string ReaderString() =>
        ConnectionString(_readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite, pooling: true);

    private string ConnectionString(SqliteOpenMode mode, bool pooling) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = _still ? $"{new Uri(_path).AbsoluteUri}?immutable=1" : _path,
            Mode = mode,
            Pooling = pooling,
            DefaultTimeout = 30,
        }.ToString();

    private sealed class Dialect : ILedgerDialect
    {
        public string ImageAmongImages => "image IN (SELECT value FROM json_each(@images))";

        public string KeyAmongKeys => "key IN (SELECT value FROM json_each(@keys))";

        public object ImagesParameter(IReadOnlyCollection<int> images) => JsonSerializer.Serialize(images);

        public object KeysParameter(IReadOnlyCollection<string> keys) => JsonSerializer.Serialize(keys);

        public string RowsOfKeys => "SELECT value AS key FROM json_each(@keys)";

        // There is one writer.
        public string ForShare => "";

        public Task LockVotesAsync(LedgerSession session, long keyId) => Task.CompletedTask;

        public Task LockMilestonesAsync(LedgerSession session, bool exclusively) => Task.CompletedTask;

        public Task LockHistoryAsync(LedgerSession session, string sweep) => Task.CompletedTask;

        public async Task InsertVotesAsync(
            LedgerSession session,
            long keyId,
            long deviceId,
            IReadOnlyList<VoteRow> rows
        )
        {
            foreach (var row in rows)
            {
                await session.Connection.ExecuteAsync(
                    """
                    INSERT INTO votes (key_id, image, stream, draws, counts, seconds, device_id)
                    VALUES (@keyId, @Image, @Stream, @Draws, @Counts, @Seconds, @deviceId)
                    """,
                    new
                    {
                        keyId,
                        row.Image,
                        row.Stream,
                        row.Draws,
                        row.Counts,
                        row.Seconds,
                        deviceId,
                    },
                    session.Transaction
                );
            }
        }
    }
}
