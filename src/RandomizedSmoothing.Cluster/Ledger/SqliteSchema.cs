using System.Data.Common;
using Dapper;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The schema of the SQLite ledger; its version is the file's <c>user_version</c>.</summary>
internal static class SqliteSchema
{
    // The first version with table milestones.
    private const int WithMilestones = 3;

    private static readonly string[] Migrations =
    [
        """
            CREATE TABLE sweeps (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, definition TEXT NOT NULL, state TEXT NOT NULL, reason TEXT,
                priority INTEGER NOT NULL, submitted_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                progress TEXT, manifest TEXT) WITHOUT ROWID;
            CREATE TABLE vote_keys (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
            CREATE TABLE devices (
                id INTEGER PRIMARY KEY, node TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
                description TEXT NOT NULL, software TEXT NOT NULL,
                UNIQUE (node, name, kind, description, software));
            CREATE TABLE votes (
                key_id INTEGER NOT NULL REFERENCES vote_keys, image INTEGER NOT NULL, stream INTEGER NOT NULL,
                draws INTEGER NOT NULL, counts BLOB NOT NULL, seconds REAL NOT NULL,
                device_id INTEGER NOT NULL REFERENCES devices,
                PRIMARY KEY (key_id, image, stream, draws)) WITHOUT ROWID;
            CREATE TABLE device_uses (
                key_id INTEGER NOT NULL REFERENCES vote_keys, device_id INTEGER NOT NULL REFERENCES devices,
                PRIMARY KEY (key_id, device_id)) WITHOUT ROWID;
            CREATE TABLE artifacts (
                training_key TEXT PRIMARY KEY, file_hash TEXT NOT NULL, accuracy REAL NOT NULL, seconds REAL NOT NULL,
                recorded_at INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE troubles (
                sweep TEXT NOT NULL, cell TEXT NOT NULL, first_ordinal INTEGER NOT NULL, ordinals INTEGER NOT NULL,
                kind TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL,
                PRIMARY KEY (sweep, cell, first_ordinal)) WITHOUT ROWID;
            CREATE TABLE events (
                number INTEGER PRIMARY KEY AUTOINCREMENT, sweep TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
                text TEXT NOT NULL);
            CREATE INDEX events_of_sweep ON events (sweep, number);
            """,
        """
            CREATE TABLE coordinator (term INTEGER NOT NULL);
            INSERT INTO coordinator (term) VALUES (0);
            """,
        """
            CREATE TABLE milestones (
                key_id INTEGER NOT NULL REFERENCES vote_keys, stream INTEGER NOT NULL, draws INTEGER NOT NULL,
                PRIMARY KEY (key_id, stream, draws)) WITHOUT ROWID;
            """,
    ];

    /// <summary>The version that this program writes.</summary>
    public static int Version => Migrations.Length;

    /// <summary>The version of a file, 0 where it is empty; refuses what a newer or another program wrote.</summary>
    /// <exception cref="UserErrorException">The file's version is newer, or it has tables and no version.</exception>
    public static async Task<int> RequireKnownAsync(DbConnection connection, string path)
    {
        var version = await connection.ExecuteScalarAsync<int>("PRAGMA user_version");
        if (version > Version)
        {
            throw new UserErrorException(
                $"The ledger {path} has schema version {version}, but this program knows versions up to {Version}: a newer "
                    + "rsmooth wrote it. Use that version, or another folder."
            );
        }

        // The first tables come together with the version.
        return
            version != 0
            || await connection.ExecuteScalarAsync<string>("SELECT name FROM sqlite_master LIMIT 1") is not { } table
            ? version
            : throw new UserErrorException(
                $"The file {path} is no ledger: it is a SQLite database of another program, with a table '{table}'. Nothing was "
                    + "changed. Name another file or folder."
            );
    }

    /// <summary>Applies what is missing, each step in a transaction of its own.</summary>
    public static async Task MigrateAsync(DbConnection connection, ILedgerDialect dialect)
    {
        var version = await connection.ExecuteScalarAsync<int>("PRAGMA user_version");
        for (var next = version; next < Migrations.Length; next++)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync(Migrations[next], transaction: transaction);
            if (next + 1 == WithMilestones)
            {
                await new MilestoneTable(dialect).AddAllAsync(new LedgerSession(connection, transaction));
            }

            await connection.ExecuteAsync($"PRAGMA user_version = {next + 1}", transaction: transaction);
            await transaction.CommitAsync();
        }
    }
}
