using System.Security.Cryptography;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>A file of a results folder.</summary>
/// <param name="Name">Path inside the folder, with forward slashes.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Digest of the content.</param>
public sealed record ResultsFile(string Name, long Bytes, ContentHash Sha256);

/// <summary>
/// Writes the files of a folder aside, in a hidden folder within it, and moves them into place only when all are complete. What
/// fails before that leaves the folder as it was.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    private const string Prefix = ".writing-";

    private readonly string _target;
    private readonly string _staging;
    private readonly List<ResultsFile> _files = [];

    private StagedFolder(string target, string staging)
    {
        _target = target;
        _staging = staging;
    }

    /// <summary>What has been written so far.</summary>
    public IReadOnlyList<ResultsFile> Files => _files;

    /// <summary>Opens a folder for writing; it is created where missing.</summary>
    /// <exception cref="UserErrorException">The folder cannot be created or written.</exception>
    public static StagedFolder Open(string target)
    {
        var staging = Path.Combine(target, Prefix + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            RemoveAbandoned(target);
            Directory.CreateDirectory(staging);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot write results to the folder '{target}': {error.Message} Choose another folder or mend its permissions.",
                error
            )
            {
                ExitCode = 1,
            };
        }

        return new StagedFolder(target, staging);
    }

    /// <summary>Writes one file.</summary>
    /// <exception cref="UserErrorException">It cannot be written, as on a full disk.</exception>
    public async Task WriteAsync(string name, Func<Stream, Task> write)
    {
        var path = Path.Combine(_staging, name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                await write(stream).ConfigureAwait(false);
            }

            await using var written = File.OpenRead(path);
            var digest = await SHA256.HashDataAsync(written).ConfigureAwait(false);
            _files.Add(new ResultsFile(name, written.Length, new ContentHash(Convert.ToHexStringLower(digest))));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(name, error);
        }
    }

    /// <summary>Writes one text file, UTF-8 without mark.</summary>
    public Task WriteAsync(string name, string text) =>
        WriteAsync(name, stream => stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text)).AsTask());

    /// <summary>Moves all files into place, <paramref name="last"/> at the end.</summary>
    /// <exception cref="UserErrorException">A file cannot be replaced.</exception>
    public void Commit(string last)
    {
        foreach (var file in _files.OrderBy(f => f.Name == last))
        {
            var path = Path.Combine(_target, file.Name);
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(Path.Combine(_staging, file.Name), path, overwrite: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw Failed(file.Name, error);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            Directory.Delete(_staging, recursive: true);
        }
        catch (IOException)
        {
            // What is left is a hidden folder; the results themselves are complete or untouched.
        }
        catch (UnauthorizedAccessException)
        {
            // As above.
        }
    }

    // Left by a process that was killed while it wrote. Two processes never write to one folder at a time.
    private static void RemoveAbandoned(string target)
    {
        if (Directory.Exists(target))
        {
            foreach (var folder in Directory.GetDirectories(target, Prefix + "*"))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private UserErrorException Failed(string name, Exception error) =>
        new(
            $"Cannot write '{Path.Combine(_target, name)}': {error.Message} The votes are safe in the ledger: free some space or "
                + "choose another folder, then run the same command again.",
            error
        )
        {
            ExitCode = 1,
        };
}
