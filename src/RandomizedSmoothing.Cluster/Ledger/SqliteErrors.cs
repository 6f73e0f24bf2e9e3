using System.Data;
using Microsoft.Data.Sqlite;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>Says in plain words what a SQLite failure means to the user.</summary>
internal static class SqliteErrors
{
    /// <summary>The explanation, or null when the failure is not the user's or the machine's.</summary>
    public static UserErrorException? Explain(Exception error, string path)
    {
        var text = error switch
        {
            SqliteException sqlite => Explain(sqlite, path),
            InvalidDataException or DataException => Damaged(path, error.Message),
            _ => null,
        };
        return text is null ? null : new UserErrorException(text, error) { ExitCode = 1 };
    }

    private static string? Explain(SqliteException sqlite, string path) =>
        sqlite.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_FULL =>
                $"The disk that holds the ledger {path} is full. Free some space: nothing that was recorded is lost.",
            SQLitePCL.raw.SQLITE_READONLY =>
                $"The ledger {path} cannot be written: the file or its folder is read-only. Change its permissions or name "
                    + "another folder.",
            SQLitePCL.raw.SQLITE_CANTOPEN when Directory.Exists(path) =>
                $"The ledger {path} cannot be opened: a folder lies there. Move it away, or name another place.",
            SQLitePCL.raw.SQLITE_CANTOPEN =>
                $"The ledger {path} cannot be opened. Check that the folder exists and that you can read and write it.",
            SQLitePCL.raw.SQLITE_NOTADB =>
                $"The file {path} is no ledger (not a SQLite database). Name another folder.",
            SQLitePCL.raw.SQLITE_CORRUPT => Damaged(path, sqlite.Message),
            SQLitePCL.raw.SQLITE_ERROR when IsAboutSchema(sqlite) => Damaged(path, sqlite.Message),
            SQLitePCL.raw.SQLITE_IOERR =>
                $"The disk that holds the ledger {path} failed while reading or writing ({sqlite.Message}). Check the disk "
                    + "and its free space, then run the same command again.",
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED =>
                $"The ledger {path} has been locked by another program for more than 30 seconds. Close whatever has the "
                    + "file open, then run the same command again.",
            _ => null,
        };

    private static string Damaged(string path, string how) =>
        $"The ledger {path} is damaged, or of another program ({how.TrimEnd('.')}). Restore it from a copy, or name another "
        + "folder and count again.";

    // Tables and columns that every ledger has.
    private static bool IsAboutSchema(SqliteException error) =>
        error.Message.Contains("no such table", StringComparison.Ordinal)
        || error.Message.Contains("no such column", StringComparison.Ordinal)
        || error.Message.Contains("has no column", StringComparison.Ordinal);

    /// <summary>The file that the writer has open is not the one at its path any more.</summary>
    public static UserErrorException Left(string path) =>
        new(
            $"The ledger {path} was deleted, moved or replaced while it was in use. Nothing more is recorded, because it would "
                + "be lost with the old file. Move that file back; if it is gone, stop this process and start it again: it goes "
                + "on with the ledger that it finds there, or with an empty one."
        )
        {
            ExitCode = 1,
        };

    /// <summary>The write-ahead file that the writer has open is not the one at its path any more.</summary>
    public static UserErrorException LogLeft(string path) =>
        new(
            $"The file {SqliteLog.PathOf(path)}, a part of the ledger while it is in use, was deleted, moved or replaced. What had been "
                + $"recorded is in {path} itself now, and nothing more is recorded, because it would be lost. Stop this process and "
                + "start it again: it goes on from there."
        )
        {
            ExitCode = 1,
        };
}
