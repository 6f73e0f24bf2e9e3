namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// Whether a database's write-ahead file (<c>ledger.db-wal</c>) is still the one that the writer has open. Into one that was deleted it
/// goes on to write without an error, while every other connection lays an empty one in its place.
/// </summary>
/// <remarks>
/// SQLite tells it of the database only. Here the same file is kept open, and its length compared with what lies at the path: while
/// nobody else can write they differ as soon as the files do, but for a file that holds nothing yet.
/// </remarks>
internal sealed class SqliteLog : IDisposable
{
    private readonly string _path;
    private readonly FileStream _open;

    private SqliteLog(string path, FileStream open) => (_path, _open) = (path, open);

    /// <summary>The write-ahead file of a database whose writer is open; it must have been used.</summary>
    public static SqliteLog Of(string database)
    {
        var path = PathOf(database);
        return new SqliteLog(
            path,
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1)
        );
    }

    /// <summary>Where a database has it.</summary>
    public static string PathOf(string database) => database + "-wal";

    /// <summary>Whether it was deleted, moved or replaced; asked inside a write transaction.</summary>
    public bool IsLeft()
    {
        var there = new FileInfo(_path);
        return !there.Exists || there.Length != RandomAccess.GetLength(_open.SafeFileHandle);
    }

    /// <inheritdoc />
    public void Dispose() => _open.Dispose();
}
