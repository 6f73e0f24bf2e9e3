using System.CommandLine;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary><c>rsmooth export</c>: the results folder of a sweep that ran, or runs, on a cluster.</summary>
public static class ExportCommand
{
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var sweep = ClusterCommand.SweepArgument();
        var target = new Option<string?>("--out")
        {
            Description = "A folder, or a file that ends in .zip; default: results/SWEEP in the current folder.",
            HelpName = "PATH",
        };
        return ClusterCommand.Create(
            terminal,
            "export",
            "Fetch the results folder of a sweep, the same that 'rsmooth run' writes; before its end, what there is so far.",
            [sweep, target],
            async (client, parsed, cancellation) =>
            {
                var id = parsed.GetRequiredValue(sweep);
                var path = terminal.Resolve(parsed.GetValue(target) ?? Path.Combine("results", id));
                await FetchAsync(client, id, path, terminal.Time, cancellation);
                await terminal.Out.WriteLineAsync(path);
                return ExitCodes.Done;
            }
        );
    }

    private static async Task FetchAsync(
        ApiClient client,
        string id,
        string path,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var aside = path.TrimEnd(Path.DirectorySeparatorChar) + $".{Guid.NewGuid():N}.part";
        var folder = Path.GetDirectoryName(aside)!;
        var missing = Missing(folder);
        try
        {
            Directory.CreateDirectory(folder);
            RemoveAbandoned(folder, Path.GetFileName(path.TrimEnd(Path.DirectorySeparatorChar)), time.GetUtcNow());
            await using (var zip = File.Create(aside))
            {
                await client.DownloadAsync($"{ClusterCommand.PathOf(id)}/export", zip, cancellation);
            }

            if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                File.Move(aside, path, overwrite: true);
            }
            else
            {
                await ResultsArchive.UnpackAsync(aside, path, cancellation);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UserErrorException(
                $"The results of {id} cannot be written to '{path}': {e.Message} Free some space or choose another place with --out.",
                e
            )
            {
                ExitCode = 1,
            };
        }
        finally
        {
            if (File.Exists(aside))
            {
                File.Delete(aside);
            }

            foreach (
                var made in missing.Where(f => Directory.Exists(f) && !Directory.EnumerateFileSystemEntries(f).Any())
            )
            {
                Directory.Delete(made);
            }
        }
    }

    /// <summary>Deletes what exports that were killed have left beside their target.</summary>
    private static void RemoveAbandoned(string folder, string name, DateTimeOffset now)
    {
        foreach (
            var left in new DirectoryInfo(folder)
                .EnumerateFiles($"{name}.{new string('?', 32)}.part")
                .Where(f => now - f.LastWriteTimeUtc > Abandoned)
        )
        {
            left.Delete();
        }
    }

    /// <summary>The folders on the way to this one that are not there, the innermost first.</summary>
    private static List<string> Missing(string folder)
    {
        var missing = new List<string>();
        for (string? at = folder; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
        {
            missing.Add(at);
        }

        return missing;
    }
}
