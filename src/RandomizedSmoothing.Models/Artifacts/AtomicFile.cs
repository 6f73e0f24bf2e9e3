using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Artifacts;

/// <summary>Writes a file aside and renames it into place, so that a reader sees the old file, the new file or none.</summary>
public static class AtomicFile
{
    /// <summary>Ending of files that are still being written; nothing reads them.</summary>
    public const string AsideSuffix = ".part";

    /// <summary>Writes <paramref name="path"/> through <paramref name="write"/>, creating the folder where it is missing.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write) =>
        Write(
            path,
            stream =>
            {
                write(stream);
                return 0;
            }
        );

    /// <summary>As <see cref="Write(string, Action{Stream})"/>, passing on what <paramref name="write"/> returns.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written, or the disk is full.</exception>
    public static T Write<T>(string path, Func<Stream, T> write)
    {
        var aside = $"{path}.{Guid.NewGuid():N}{AsideSuffix}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            T result;
            using (
                var stream = new FileStream(aside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 1 << 16)
            )
            {
                result = write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
            return result;
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unwritable(path, aside, e);
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw Unwritable(path, aside, e);
        }
        finally
        {
            TryDelete(aside);
        }
    }

    /// <summary>Makes sure that <paramref name="path"/> can be written later, before the work that ends there; leaves no file.</summary>
    /// <exception cref="UserErrorException">The folder cannot be made or written, or a folder has the name.</exception>
    public static void RequireWritable(string path)
    {
        var aside = $"{path}.{Guid.NewGuid():N}{AsideSuffix}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (File.Create(aside)) { }
            if (Directory.Exists(path))
            {
                throw new IOException("a folder has that name");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, aside, e);
        }
        finally
        {
            TryDelete(aside);
        }
    }

    /// <summary>Deletes a file that may be missing or in use; failing to is no error.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // Left behind under a name that nothing reads.
        }
        catch (UnauthorizedAccessException)
        {
            // Likewise.
        }
    }

    // Without the name aside, which nobody knows and which is another at every try: the same fault has the same words.
    private static UserErrorException Unwritable(string path, string aside, Exception e) =>
        new(
            $"Cannot write '{path}': {e.Message.TrimEnd('.').Replace($" : '{aside}'", "").Replace(aside, path)}. Nothing was left half-written. Free some space there, mend its "
                + "permissions, or choose another folder (the cache folder is set by RSMOOTH_CACHE).",
            e
        )
        {
            ExitCode = 1,
        };
}
