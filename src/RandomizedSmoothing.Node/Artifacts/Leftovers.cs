using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Node.Artifacts;

/// <summary>What a process that died leaves in the cache folder: broken transfers, half-written files and half-made archives.</summary>
internal static class Leftovers
{
    /// <summary>Nobody works at a file for this long without writing to it.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>The folder of results on their way to whoever asked for them.</summary>
    public static string Exports(string cache) => Path.Combine(cache, "exports");

    /// <summary>The folder of files on their way into a store.</summary>
    public static string Incoming(string artifacts) => Path.Combine(artifacts, "incoming");

    /// <summary>Deletes what is old; failing to is no error.</summary>
    public static void Remove(string cache, DateTimeOffset now)
    {
        RemoveHalfWritten(cache, now);
        foreach (var folder in new[] { Incoming(new CacheFolders(cache).Artifacts), Exports(cache) })
        {
            try
            {
                RemoveWithin(new DirectoryInfo(folder), now - Age);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another node that shares the folder may be quicker; the next start tries again.
            }
        }
    }

    /// <summary>Of these, only what a command that is no node leaves, too.</summary>
    public static void RemoveHalfWritten(string cache, DateTimeOffset now)
    {
        try
        {
            AbandonedFiles.Remove(new CacheFolders(cache), now - Age);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }

    private static void RemoveWithin(DirectoryInfo folder, DateTimeOffset before)
    {
        foreach (var entry in folder.Exists ? folder.GetFileSystemInfos() : [])
        {
            if (entry.LastWriteTimeUtc >= before.UtcDateTime)
            {
                continue;
            }

            if (entry is DirectoryInfo unfinished)
            {
                unfinished.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
