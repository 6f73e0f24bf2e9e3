using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Models.Artifacts;

/// <summary>
/// Half-written files that a process left when it was killed: those that <see cref="AtomicFile"/> writes aside, and artifacts that
/// had no name yet. Downloads that can be taken up again are none.
/// </summary>
public static partial class AbandonedFiles
{
    /// <summary>
    /// Removes them from a cache where they are surely dead: not written to since a time, and held open by nobody. Failing to is no
    /// error.
    /// </summary>
    public static void Remove(CacheFolders cache, DateTimeOffset before)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        foreach (var folder in new[] { cache.Artifacts, cache.Training }.Where(Directory.Exists))
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", all))
            {
                if (Aside().IsMatch(file.Name) && file.LastWriteTimeUtc < before.UtcDateTime && !IsOpen(file.FullName))
                {
                    AtomicFile.TryDelete(file.FullName);
                }
            }
        }
    }

    // Whoever writes or hashes a file shares it for reading only; on every system that keeps another from having it alone.
    private static bool IsOpen(string path)
    {
        try
        {
            using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    [GeneratedRegex(@"\.[0-9a-f]{32}\.part$|^incoming-[0-9a-f]{32}$")]
    private static partial Regex Aside();
}
