using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Node.Artifacts;

/// <summary>
/// A file on its way into the cache, written beside it and moved in when it is complete. A download may be taken up again
/// where it broke off, also by a later process; a file of a transfer's own ends with it.
/// </summary>
internal sealed class IncomingFile(ArtifactCache cache, ContentHash digest) : IDisposable
{
    private string? _path;
    private bool _isOwn;

    private string Folder => Leftovers.Incoming(cache.Folder);

    /// <summary>An empty file of this transfer's own.</summary>
    public FileStream Create()
    {
        _isOwn = true;
        _path = Path.Combine(Folder, $"{digest.Hex}.{Guid.NewGuid():N}");
        return Open(_path, FileMode.CreateNew);
    }

    /// <summary>
    /// The file that an earlier transfer left, positioned at its end; an empty one of this transfer's own while another
    /// process writes the common one.
    /// </summary>
    public FileStream Resume()
    {
        _path = Path.Combine(Folder, digest.Hex);
        try
        {
            var stream = Open(_path, FileMode.OpenOrCreate);
            stream.Seek(0, SeekOrigin.End);
            return stream;
        }
        catch (IOException) when (File.Exists(_path))
        {
            return Create();
        }
    }

    /// <summary>Moves the closed file into the cache if its bytes have the digest; removes it otherwise.</summary>
    public bool Accept() => cache.Accept(_path ?? throw new InvalidOperationException("No file was opened."), digest);

    /// <summary>Removes the file, also while it is open.</summary>
    public void Remove()
    {
        if (_path is not null)
        {
            AtomicFile.TryDelete(_path);
        }
    }

    /// <summary>Removes a file of this transfer's own that was not accepted.</summary>
    public void Dispose()
    {
        if (_isOwn)
        {
            Remove();
        }
    }

    private FileStream Open(string path, FileMode mode)
    {
        Directory.CreateDirectory(Folder);
        return new FileStream(path, mode, FileAccess.Write, FileShare.None, 1 << 16);
    }
}
