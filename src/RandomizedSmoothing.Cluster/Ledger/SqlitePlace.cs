using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// Whether a database is still where it was opened. A process keeps a deleted file to its end and writes to it without an error.
/// </summary>
internal static class SqlitePlace
{
    // SQLITE_FCNTL_HAS_MOVED: the path leads to no file or to another one. Unknown on Windows, where open files stay.
    private const int HasMoved = 20;

    /// <summary>Whether the file was deleted, moved or replaced since the connection was opened.</summary>
    public static bool IsLeft(SqliteConnection connection) =>
        FileControl(connection.Handle!, null, HasMoved, out var moved) == raw.SQLITE_OK && moved != 0;

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(
        sqlite3 database,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string? schema,
        int operation,
        out int answer
    );
}
