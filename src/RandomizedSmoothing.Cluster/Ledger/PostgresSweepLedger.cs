using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Polly;
using Polly.Retry;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// The ledger in PostgreSQL, for any number of control nodes. Whatever fails in passing is repeated for up to
/// <see cref="Patience"/>, so that a restart of the server is a pause and no failure.
/// </summary>
public sealed class PostgresSweepLedger : SqlSweepLedger
{
    /// <summary>How long a failing read or write is repeated before its caller is told.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Between two statements of a write: these take milliseconds.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    // A node that is told to stop does not wait for a server that is away.
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _source;
    private readonly ResiliencePipeline _retry;
    private readonly CancellationTokenSource _closed = new();
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private long _awaySince;

    /// <summary>Names the database; nothing is touched before <see cref="SqlSweepLedger.OpenAsync"/>.</summary>
    /// <param name="connection">An Npgsql connection string. What it does not say gets defaults that suit a ledger.</param>
    /// <param name="time">Clock of the recorded times.</param>
    /// <param name="logger">Told of outages.</param>
    /// <exception cref="ArgumentException">No connection string.</exception>
    public PostgresSweepLedger(string connection, TimeProvider time, ILogger<PostgresSweepLedger>? logger = null)
        : base(new Dialect(), time)
    {
        var settings = WithDefaults(connection);
        Location = $"postgres://{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}";
        _source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        _logger = logger ?? NullLogger<PostgresSweepLedger>.Instance;
        _time = time;
        _retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = attempt =>
                        ValueTask.FromResult(attempt.Outcome.Exception is { } e && PostgresErrors.IsTransient(e)),
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromMilliseconds(50),
                    MaxDelay = LongestPause,
                    UseJitter = true,
                    MaxRetryAttempts = int.MaxValue,
                    OnRetry = Tell,
                }
            )
            .Build();
    }

    /// <summary>Server and database; neither user nor password.</summary>
    public override string Location { get; }

    /// <inheritdoc />
    public override async Task OpenAsync(CancellationToken cancellation)
    {
        await RepeatAsync(
            async token =>
            {
                await using var connection = await _source.OpenConnectionAsync(token);
                await PostgresSchema.MigrateAsync(connection, new Dialect(), Location, token);
                Identity = await PostgresSchema.IdentifyAsync(connection);
                return true;
            },
            cancellation
        );
    }

    private protected override Task InTransactionAsync(Func<LedgerSession, Task> action) =>
        RepeatAsync(
            async token =>
            {
                await using var connection = await _source.OpenConnectionAsync(token);
                await using var transaction = await PostgresTransaction.BeginAsync(connection, LongestSilence, token);
                await action(new LedgerSession(connection, transaction));
                await transaction.CommitAsync(CancellationToken.None);
                return true;
            },
            CancellationToken.None
        );

    private protected override Task<T> ReadAsync<T>(
        Func<DbConnection, Task<T>> query,
        CancellationToken cancellation
    ) =>
        RepeatAsync(
            async token =>
            {
                await using var connection = await _source.OpenConnectionAsync(token);
                return await query(connection);
            },
            cancellation
        );

    private protected override void OnClosing() => _closed.CancelAfter(ClosingPatience);

    private protected override async ValueTask CloseAsync()
    {
        await _source.DisposeAsync();
        await _closed.CancelAsync();
    }

    private async Task<T> RepeatAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token, _closed.Token);
        Exception? last = null;
        try
        {
            return await _retry.ExecuteAsync(
                async token =>
                {
                    try
                    {
                        var done = await work(token);
                        TellOfReturn();
                        return done;
                    }
                    catch (Exception error) when (PostgresErrors.IsTransient(error))
                    {
                        last = error;
                        throw;
                    }
                },
                limit.Token
            );
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw PostgresErrors.Explain(last ?? new NpgsqlException("no answer", error), Location) ?? (Exception)error;
        }
        catch (Exception error) when (PostgresErrors.Explain(error, Location) is { } explained)
        {
            throw explained;
        }
    }

    // Whatever waits for the server repeats itself; the log tells of an outage once.
    private ValueTask Tell(OnRetryArguments<object> attempt)
    {
        if (attempt.AttemptNumber > 0 && Interlocked.CompareExchange(ref _awaySince, _time.GetTimestamp(), 0) == 0)
        {
            _logger.LogWarning(
                "{Explanation} Everything that needs it is tried again for up to {Seconds} s.",
                PostgresErrors.Explain(attempt.Outcome.Exception!, Location)?.Message,
                Patience.TotalSeconds
            );
        }

        return ValueTask.CompletedTask;
    }

    private void TellOfReturn()
    {
        if (Interlocked.Exchange(ref _awaySince, 0) is not 0 and var since)
        {
            _logger.LogInformation(
                "The ledger {Location} answers again after {Seconds:0.0} s",
                Location,
                _time.GetElapsedTime(since).TotalSeconds
            );
        }
    }

    private static NpgsqlConnectionStringBuilder WithDefaults(string connection)
    {
        var given = new NpgsqlConnectionStringBuilder(connection);
        // Npgsql's own builder contains every key there is, set or not.
        var set = new DbConnectionStringBuilder { ConnectionString = given.ConnectionString };
        void Default(string key, object value)
        {
            if (!set.ContainsKey(key))
            {
                given[key] = value;
            }
        }

        Default("Application Name", "rsmooth");
        // Three control nodes fit into the hundred connections that a server grants unless told otherwise.
        Default("Maximum Pool Size", 20);
        Default("Timeout", 5);
        Default("Command Timeout", 20);
        Default("Keepalive", 10);
        return given;
    }

    private sealed class Dialect : ILedgerDialect
    {
        public string ImageAmongImages => "image = ANY(CAST(@images AS INTEGER[]))";

        public string KeyAmongKeys => "key = ANY(CAST(@keys AS TEXT[]))";

        public object ImagesParameter(IReadOnlyCollection<int> images) => $"{{{string.Join(',', images)}}}";

        public object KeysParameter(IReadOnlyCollection<string> keys) => $"{{{string.Join(',', keys)}}}";

        public string RowsOfKeys => "SELECT unnest(CAST(@keys AS TEXT[])) AS key";

        public string ForShare => "FOR SHARE";

        // Below zero, because the lock of migrations lies above it; locks of two numbers have a space of their own.
        public Task LockVotesAsync(LedgerSession session, long keyId) =>
            session.Connection.ExecuteAsync(
                "SELECT pg_advisory_xact_lock(@lockId)",
                new { lockId = -keyId },
                session.Transaction
            );

        public Task LockMilestonesAsync(LedgerSession session, bool exclusively) =>
            session.Connection.ExecuteAsync(
                $"SELECT pg_advisory_xact_lock{(exclusively ? "" : "_shared")}(3, 0)",
                transaction: session.Transaction
            );

        // Numbers are given at the insert and seen at the commit: without the lock a reader could pass over one.
        public Task LockHistoryAsync(LedgerSession session, string sweep) =>
            session.Connection.ExecuteAsync(
                "SELECT pg_advisory_xact_lock(2, hashtext(@sweep))",
                new { sweep },
                session.Transaction
            );

        public async Task InsertVotesAsync(
            LedgerSession session,
            long keyId,
            long deviceId,
            IReadOnlyList<VoteRow> rows
        )
        {
            await using var insert = new NpgsqlCommand(
                """
                INSERT INTO votes (key_id, image, stream, draws, counts, seconds, device_id)
                SELECT $1, image, stream, draws, counts, seconds, $2
                FROM unnest($3, $4, $5, $6, $7) AS new (image, stream, draws, counts, seconds)
                """,
                (NpgsqlConnection)session.Connection,
                (NpgsqlTransaction)session.Transaction
            )
            {
                Parameters =
                {
                    new NpgsqlParameter<long> { TypedValue = keyId },
                    new NpgsqlParameter<long> { TypedValue = deviceId },
                    new NpgsqlParameter<int[]> { TypedValue = [.. rows.Select(row => row.Image)] },
                    new NpgsqlParameter<int[]> { TypedValue = [.. rows.Select(row => row.Stream)] },
                    new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Draws)] },
                    new NpgsqlParameter<byte[][]> { TypedValue = [.. rows.Select(row => row.Counts)] },
                    new NpgsqlParameter<double[]> { TypedValue = [.. rows.Select(row => row.Seconds)] },
                },
            };
            await insert.ExecuteNonQueryAsync();
        }
    }
}
