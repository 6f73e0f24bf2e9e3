using System.IO.Compression;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>A results folder as a ZIP archive, as control nodes hand it out.</summary>
public static class ResultsArchive
{
    /// <summary>
    /// Unpacks an archive aside, within the folder, then moves its files into place, the manifest last: whoever is killed before
    /// that leaves the folder as it was, and what is left aside goes away with the next writing.
    /// </summary>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="directory">The folder; created where missing. Files in it that are not results are left alone.</param>
    /// <param name="cancellation">Ends early; the folder stays as it was.</param>
    /// <exception cref="InvalidDataException">The archive is damaged, or a name in it leads out of the folder.</exception>
    /// <exception cref="UserErrorException">The folder cannot be written; it is left as it was.</exception>
    public static async Task UnpackAsync(string archive, string directory, CancellationToken cancellation = default)
    {
        using var zip = ZipFile.OpenRead(archive);
        var files = zip.Entries.Where(entry => entry.Name.Length > 0).ToList();
        if (files.Find(entry => !IsWithin(entry.FullName)) is { } outside)
        {
            throw new InvalidDataException($"The archive names the file '{outside.FullName}', outside of the folder.");
        }

        var before = ResultsFolder.PreviousFiles(directory);
        using var folder = StagedFolder.Open(directory);
        foreach (var entry in files)
        {
            await folder
                .WriteAsync(entry.FullName, stream => CopyAsync(entry, stream, cancellation))
                .ConfigureAwait(false);
        }

        cancellation.ThrowIfCancellationRequested();
        folder.Commit(ResultsFolder.ManifestName);
        ResultsFolder.RemoveStale(directory, before.Except(files.Select(entry => entry.FullName)));
    }

    private static async Task CopyAsync(ZipArchiveEntry entry, Stream target, CancellationToken cancellation)
    {
        var source = await entry.OpenAsync(cancellation).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            await source.CopyToAsync(target, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsWithin(string name) =>
        !Path.IsPathRooted(name)
        && !name.Contains('\\', StringComparison.Ordinal)
        && !name.Contains(':', StringComparison.Ordinal)
        && !name.Split('/').Contains("..");
}
