using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Artifacts;

/// <summary>
/// The artifact store of one node: a folder of files named by the SHA-256 of their bytes (<c>ab/abcdef…</c>). A file is
/// verified the first time a process hands it out; a damaged one is removed as if it had never been there.
/// Safe for many threads and processes on one folder.
/// </summary>
public sealed partial class ArtifactCache(string folder) : IArtifactStore
{
    private readonly ConcurrentDictionary<ContentHash, (long Length, DateTime Written)> _verified = new();

    /// <summary>The folder.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Where the file of this digest lies, or would.</summary>
    /// <exception cref="ArgumentException">The digest is no lower-case hexadecimal SHA-256.</exception>
    public string PathOf(ContentHash hash)
    {
        if (hash.Hex is null || !Digest().IsMatch(hash.Hex))
        {
            throw new ArgumentException($"'{hash.Hex}' is no SHA-256 digest.", nameof(hash));
        }

        return Path.Combine(Folder, hash.Hex[..2], hash.Hex);
    }

    /// <inheritdoc />
    public string? Find(ContentHash hash)
    {
        var path = PathOf(hash);
        if (!File.Exists(path))
        {
            return null;
        }

        var seen = Stamp(path);
        if (_verified.TryGetValue(hash, out var verified) && verified == seen)
        {
            return path;
        }

        if (HashOfOwn(path) != hash)
        {
            // A sound one may have taken its place meanwhile.
            if (Stamp(path) == seen)
            {
                AtomicFile.TryDelete(path);
            }

            return null;
        }

        _verified[hash] = seen;
        return path;
    }

    /// <summary>Moves a file of the same file system in if its bytes have the digest; removes it otherwise.</summary>
    /// <param name="incoming">A complete file that nobody has open.</param>
    /// <param name="hash">The digest it should have.</param>
    /// <returns>Whether the store has the digest's bytes now.</returns>
    /// <exception cref="UserErrorException">A file cannot be read.</exception>
    public bool Accept(string incoming, ContentHash hash)
    {
        if (HashOfOwn(incoming) != hash)
        {
            AtomicFile.TryDelete(incoming);
            return false;
        }

        if (Find(hash) is not null)
        {
            AtomicFile.TryDelete(incoming);
            return true;
        }

        var path = PathOf(hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(incoming, path, overwrite: true);
        _verified[hash] = Stamp(path);
        return true;
    }

    /// <inheritdoc />
    public string Obtain(ContentHash hash, CancellationToken cancellation) =>
        Find(hash)
        ?? throw new UserErrorException(
            $"No file with SHA-256 {hash.Hex} is in '{Folder}', and this node knows no other place to ask. Start the sweep again "
                + "where its data sets and models are, so that they are published anew."
        )
        {
            ExitCode = 1,
        };

    /// <inheritdoc />
    public ContentHash Publish(string path, CancellationToken cancellation)
    {
        var hash = HashOf(path, cancellation);
        if (Find(hash) is null)
        {
            AtomicFile.Write(
                PathOf(hash),
                target =>
                {
                    using var source = File.OpenRead(path);
                    source.CopyTo(target);
                }
            );
            if (Find(hash) is null)
            {
                throw new UserErrorException(
                    $"'{path}' changed while it was read. Publish it again when nothing writes to it any more."
                );
            }
        }

        return hash;
    }

    /// <inheritdoc />
    public ContentHash Publish(Action<Stream> write, CancellationToken cancellation)
    {
        var aside = Path.Combine(Folder, $"incoming-{Guid.NewGuid():N}");
        try
        {
            AtomicFile.Write(aside, write);
            var hash = HashOf(aside, cancellation);
            if (Find(hash) is null)
            {
                var path = PathOf(hash);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(aside, path, overwrite: true);
            }

            return hash;
        }
        finally
        {
            AtomicFile.TryDelete(aside);
        }
    }

    /// <inheritdoc />
    public void Discard(ContentHash hash)
    {
        AtomicFile.TryDelete(PathOf(hash));
        _verified.TryRemove(hash, out _);
    }

    /// <summary>The SHA-256 of a file's bytes.</summary>
    /// <exception cref="UserErrorException">The file cannot be read.</exception>
    public static ContentHash HashOf(string path, CancellationToken cancellation)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 18];
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                sha.AppendData(buffer, 0, read);
            }

            return new ContentHash(Convert.ToHexStringLower(sha.GetHashAndReset()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read '{path}': {e.Message.TrimEnd('.')}. Check the path and its permissions.",
                e
            );
        }
    }

    private static (long Length, DateTime Written) Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Digest();

    // A file of the store that cannot be read is the machine's fault and nobody's mistake.
    private static ContentHash HashOfOwn(string path)
    {
        try
        {
            return HashOf(path, CancellationToken.None);
        }
        catch (UserErrorException e)
        {
            throw new UserErrorException(e.Message, e) { ExitCode = 1 };
        }
    }
}
