using System.Data.Common;
using System.Text;
using Dapper;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The statements of tables <c>sweeps</c>, <c>troubles</c>, <c>events</c> and <c>artifacts</c>.</summary>
internal static class SweepTable
{
    private const string SweepColumns =
        "id, name, state, reason, priority, submitted_at AS submittedAt, updated_at AS updatedAt, progress";

    public static async Task<SweepAddition> AddAsync(LedgerSession session, SweepDefinition definition, long now)
    {
        var json = Encoding.UTF8.GetString(LedgerJson.Write(definition));
        var added = await session.Connection.ExecuteAsync(
            """
            INSERT INTO sweeps (id, name, definition, state, priority, submitted_at, updated_at)
            VALUES (@id, @name, @json, @state, @priority, @now, @now) ON CONFLICT (id) DO NOTHING
            """,
            new
            {
                id = definition.Id.Value,
                name = definition.Name,
                json,
                state = nameof(SweepState.Pending),
                priority = definition.Priority,
                now,
            },
            session.Transaction
        );
        if (added == 1)
        {
            return SweepAddition.Added;
        }

        // Written again by this version, so that a field added since then does not make a difference.
        var known = await DefinitionAsync(session.Connection, definition.Id, session.Transaction);
        return known is not null && LedgerJson.Write(known).AsSpan().SequenceEqual(LedgerJson.Write(definition))
            ? SweepAddition.Known
            : SweepAddition.Different;
    }

    public static async Task<SweepDefinition?> DefinitionAsync(
        DbConnection connection,
        SweepId sweep,
        DbTransaction? transaction = null
    )
    {
        var json = await connection.ExecuteScalarAsync<string?>(
            "SELECT definition FROM sweeps WHERE id = @id",
            new { id = sweep.Value },
            transaction
        );
        return json is null ? null : LedgerJson.ReadDefinition(Encoding.UTF8.GetBytes(json));
    }

    public static async Task<IReadOnlyList<SweepRecord>> ListAsync(DbConnection connection, SweepId? only)
    {
        var rows = await connection.QueryAsync<SweepRow>(
            $"SELECT {SweepColumns} FROM sweeps WHERE @all OR id = @id ORDER BY submitted_at, id",
            new { all = only is null, id = only?.Value ?? "" }
        );
        return [.. rows.Where(row => SweepId.IsValid(row.Id)).Select(row => row.ToRecord())];
    }

    public static async Task<IReadOnlyList<SweepId>> UnfinishedAsync(DbConnection connection)
    {
        var ids = await connection.QueryAsync<string>(
            $"""
            SELECT id FROM sweeps WHERE state IN
            ('{nameof(SweepState.Pending)}', '{nameof(SweepState.Running)}', '{nameof(SweepState.Paused)}')
            ORDER BY submitted_at, id
            """
        );
        return [.. ids.Where(SweepId.IsValid).Select(id => new SweepId(id))];
    }

    public static Task<int> SaveStateAsync(
        LedgerSession session,
        SweepId sweep,
        SweepState state,
        string? reason,
        int priority,
        SweepProgress? progress,
        long now
    ) =>
        session.Connection.ExecuteAsync(
            """
            UPDATE sweeps SET state = @state, reason = @reason, priority = @priority, updated_at = @now,
            progress = COALESCE(@progress, progress) WHERE id = @id
            """,
            new
            {
                id = sweep.Value,
                state = state.ToString(),
                reason,
                priority,
                now,
                progress = progress is null ? null : Encoding.UTF8.GetString(LedgerJson.Write(progress)),
            },
            session.Transaction
        );

    public static async Task<ArtifactRecord> RecordArtifactAsync(
        LedgerSession session,
        ArtifactRecord artifact,
        long now
    )
    {
        await session.Connection.ExecuteAsync(
            """
            INSERT INTO artifacts (training_key, file_hash, accuracy, seconds, recorded_at)
            VALUES (@key, @file, @Accuracy, @Seconds, @now) ON CONFLICT (training_key) DO NOTHING
            """,
            new
            {
                key = artifact.TrainingKey.Hex,
                file = artifact.FileHash.Hex,
                artifact.Accuracy,
                artifact.Seconds,
                now,
            },
            session.Transaction
        );
        return await FindArtifactAsync(session.Connection, artifact.TrainingKey, session.Transaction)
            ?? throw new InvalidDataException($"The artifact of training {artifact.TrainingKey} was not stored.");
    }

    public static async Task<ArtifactRecord?> FindArtifactAsync(
        DbConnection connection,
        ContentHash trainingKey,
        DbTransaction? transaction = null
    )
    {
        var row = await connection.QuerySingleOrDefaultAsync<ArtifactRow>(
            "SELECT file_hash AS fileHash, accuracy, seconds FROM artifacts WHERE training_key = @key",
            new { key = trainingKey.Hex },
            transaction
        );
        return row is null
            ? null
            : new ArtifactRecord(trainingKey, new ContentHash(row.FileHash), row.Accuracy, row.Seconds);
    }

    public static async Task<int> ReplaceTroublesAsync(
        LedgerSession session,
        SweepId sweep,
        CellId cell,
        int first,
        int count,
        IReadOnlyList<ShardTrouble> troubles
    )
    {
        await session.Connection.ExecuteAsync(
            """
            DELETE FROM troubles WHERE sweep = @sweep AND cell = @cell
            AND first_ordinal >= @first AND first_ordinal + ordinals <= @end
            """,
            new
            {
                sweep = sweep.Value,
                cell = cell.Value,
                first,
                end = first + count,
            },
            session.Transaction
        );
        foreach (var trouble in troubles)
        {
            await session.Connection.ExecuteAsync(
                """
                INSERT INTO troubles (sweep, cell, first_ordinal, ordinals, kind, attempts, reason)
                VALUES (@sweep, @cell, @First, @Count, @kind, @Attempts, @Reason)
                ON CONFLICT (sweep, cell, first_ordinal) DO UPDATE SET ordinals = excluded.ordinals,
                kind = excluded.kind, attempts = excluded.attempts, reason = excluded.reason
                """,
                new
                {
                    sweep = sweep.Value,
                    cell = cell.Value,
                    trouble.First,
                    trouble.Count,
                    kind = trouble.Kind.ToString(),
                    trouble.Attempts,
                    trouble.Reason,
                },
                session.Transaction
            );
        }

        return troubles.Count;
    }

    public static async Task<IReadOnlyList<ShardTrouble>> TroublesAsync(DbConnection connection, SweepId sweep)
    {
        var rows = await connection.QueryAsync<TroubleRow>(
            """
            SELECT cell, first_ordinal AS first, ordinals AS count, kind, attempts, reason
            FROM troubles WHERE sweep = @id ORDER BY cell, first_ordinal
            """,
            new { id = sweep.Value }
        );
        return
        [
            .. rows.Select(r => new ShardTrouble(
                new CellId(r.Cell),
                r.First,
                r.Count,
                Enum.Parse<TroubleKind>(r.Kind),
                r.Attempts,
                r.Reason
            )),
        ];
    }

    public static Task<int> AppendEventAsync(
        LedgerSession session,
        SweepId sweep,
        string kind,
        string text,
        long now
    ) =>
        session.Connection.ExecuteAsync(
            "INSERT INTO events (sweep, at, kind, text) VALUES (@id, @now, @kind, @text)",
            new
            {
                id = sweep.Value,
                now,
                kind,
                text,
            },
            session.Transaction
        );

    public static async Task<IReadOnlyList<LedgerEvent>> EventsAsync(
        DbConnection connection,
        SweepId sweep,
        long after,
        int limit
    )
    {
        var rows = await connection.QueryAsync<EventRow>(
            "SELECT number, at, kind, text FROM events WHERE sweep = @id AND number > @after ORDER BY number LIMIT @limit",
            new
            {
                id = sweep.Value,
                after,
                limit,
            }
        );
        return
        [
            .. rows.Select(r => new LedgerEvent(
                r.Number,
                DateTimeOffset.FromUnixTimeMilliseconds(r.At),
                r.Kind,
                r.Text
            )),
        ];
    }
}
