using System.Data.Common;
using Dapper;
using Npgsql;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The schema of the PostgreSQL ledger; its version is the only row of table <c>ledger_schema</c>.</summary>
internal static class PostgresSchema
{
    // Any number that no other program takes: "rsmooth" in ASCII.
    private const long MigrationLock = 0x72736D6F6F7468;

    // The first version with table milestones.
    private const int WithMilestones = 3;

    // Text is compared by bytes, so that no locale of a server changes an order.
    private static readonly string[] Migrations =
    [
        """
            CREATE TABLE sweeps (
                id TEXT COLLATE "C" PRIMARY KEY, name TEXT NOT NULL, definition TEXT NOT NULL, state TEXT NOT NULL,
                reason TEXT, priority INTEGER NOT NULL, submitted_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
                progress TEXT, manifest TEXT);
            CREATE TABLE vote_keys (
                id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key TEXT COLLATE "C" NOT NULL UNIQUE);
            CREATE TABLE devices (
                id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, node TEXT COLLATE "C" NOT NULL,
                name TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C" NOT NULL,
                description TEXT COLLATE "C" NOT NULL, software TEXT COLLATE "C" NOT NULL,
                UNIQUE (node, name, kind, description, software));
            CREATE TABLE votes (
                key_id BIGINT NOT NULL REFERENCES vote_keys, image INTEGER NOT NULL, stream INTEGER NOT NULL,
                draws BIGINT NOT NULL, counts BYTEA NOT NULL, seconds DOUBLE PRECISION NOT NULL,
                device_id BIGINT NOT NULL REFERENCES devices,
                PRIMARY KEY (key_id, image, stream, draws));
            CREATE TABLE device_uses (
                key_id BIGINT NOT NULL REFERENCES vote_keys, device_id BIGINT NOT NULL REFERENCES devices,
                PRIMARY KEY (key_id, device_id));
            CREATE TABLE artifacts (
                training_key TEXT COLLATE "C" PRIMARY KEY, file_hash TEXT NOT NULL, accuracy DOUBLE PRECISION NOT NULL,
                seconds DOUBLE PRECISION NOT NULL, recorded_at BIGINT NOT NULL);
            CREATE TABLE troubles (
                sweep TEXT COLLATE "C" NOT NULL, cell TEXT COLLATE "C" NOT NULL, first_ordinal INTEGER NOT NULL,
                ordinals INTEGER NOT NULL, kind TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL,
                PRIMARY KEY (sweep, cell, first_ordinal));
            CREATE TABLE events (
                number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sweep TEXT COLLATE "C" NOT NULL,
                at BIGINT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL);
            CREATE INDEX events_of_sweep ON events (sweep, number);
            """,
        """
            CREATE TABLE coordinator (term BIGINT NOT NULL);
            INSERT INTO coordinator (term) VALUES (0);
            """,
        """
            CREATE TABLE milestones (
                key_id BIGINT NOT NULL REFERENCES vote_keys, stream INTEGER NOT NULL, draws BIGINT NOT NULL,
                PRIMARY KEY (key_id, stream, draws));
            """,
    ];

    /// <summary>The version that this program writes.</summary>
    public static int Version => Migrations.Length;

    /// <summary>
    /// Applies what is missing, all of it or nothing. Nodes that start at once wait for the first of them.
    /// </summary>
    /// <exception cref="UserErrorException">A newer program wrote the ledger.</exception>
    public static async Task MigrateAsync(
        DbConnection connection,
        ILedgerDialect dialect,
        string location,
        CancellationToken cancellation
    )
    {
        // Longer than of a write: a migration works on what it has read.
        await using var transaction = await PostgresTransaction.BeginAsync(
            connection,
            TimeSpan.FromMinutes(1),
            cancellation
        );
        await connection.ExecuteAsync(
            "SELECT pg_advisory_xact_lock(@lockId)",
            new { lockId = MigrationLock },
            transaction
        );
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS ledger_schema (version INTEGER NOT NULL)",
            transaction: transaction
        );
        var version = await connection.ExecuteScalarAsync<int?>(
            "SELECT version FROM ledger_schema",
            transaction: transaction
        );
        if (version > Version)
        {
            throw new UserErrorException(
                $"The ledger {location} has schema version {version}, but this program knows versions up to {Version}: a "
                    + "newer rsmooth wrote it. Use that version, or another database."
            );
        }

        for (var next = version ?? 0; next < Version; next++)
        {
            await connection.ExecuteAsync(Migrations[next], transaction: transaction);
            if (next + 1 == WithMilestones)
            {
                await new MilestoneTable(dialect).AddAllAsync(new LedgerSession(connection, transaction));
            }
        }

        if (version != Version)
        {
            await connection.ExecuteAsync(
                version is null
                    ? "INSERT INTO ledger_schema (version) VALUES (@Version)"
                    : "UPDATE ledger_schema SET version = @Version",
                new { Version },
                transaction
            );
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>
    /// Names the tables by what the server was given when it was made, whatever host it is reached by, a standby that took over
    /// included; empty where the server does not say.
    /// </summary>
    public static async Task<string> IdentifyAsync(DbConnection connection)
    {
        try
        {
            return await connection.ExecuteScalarAsync<string>(
                    "SELECT system_identifier || '/' || current_database() || '/' || current_schema() FROM pg_control_system()"
                ) ?? "";
        }
        catch (PostgresException error) when (!error.IsTransient)
        {
            return "";
        }
    }
}
