using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>The runs of one path of a command line.</summary>
/// <param name="Path">As given.</param>
/// <param name="Runs">At least one.</param>
public sealed record RunSource(string Path, IReadOnlyList<CertifiedRun> Runs);

/// <summary>
/// Finds certification logs and results: a path is a log, a results folder, or a folder that is searched for logs.
/// </summary>
public static class RunCatalogue
{
    /// <summary>The logs of some paths, in the order of their paths; in a folder whatever is no log is passed over.</summary>
    /// <exception cref="UserErrorException">A path does not exist, or no log is there.</exception>
    public static IReadOnlyList<CertificationLog> Logs(IEnumerable<string> paths)
    {
        var logs = new List<CertificationLog>();
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                logs.Add(CohenTsv.Read(path));
                continue;
            }

            var found = ImportFolder.IsOne(path) ? ImportFolder.Read(path) : Search(path);
            if (found.Count == 0)
            {
                throw new UserErrorException(
                    $"There is no certification log in the folder '{path}' or below it: no file has the header '{CohenTsv.Header.Replace('\t', ' ')}'."
                );
            }

            logs.AddRange(found);
        }

        return logs;
    }

    /// <summary>The runs of some paths.</summary>
    /// <exception cref="UserErrorException">A path does not exist, or nothing certified is there.</exception>
    public static async Task<IReadOnlyList<RunSource>> OpenAsync(
        IReadOnlyList<string> paths,
        CancellationToken cancellation = default
    )
    {
        var sources = new List<RunSource>();
        foreach (var path in paths)
        {
            sources.Add(
                File.Exists(Path.Combine(path, ResultsFolder.ManifestName))
                    ? await OfResultsAsync(path, cancellation).ConfigureAwait(false)
                    : OfLogs(path)
            );
        }

        return sources;
    }

    private static async Task<RunSource> OfResultsAsync(string path, CancellationToken cancellation)
    {
        var results = await ResultsReader.ReadAsync(path, cancellation).ConfigureAwait(false);
        return new RunSource(path, [.. results.Certify().Select(c => CertifiedRun.OfCell(c, results, path))]);
    }

    private static RunSource OfLogs(string path)
    {
        var logs = Logs([path]);
        var audits = LogAudit.Of(logs);
        return new RunSource(path, [.. logs.Zip(audits, CertifiedRun.OfLog)]);
    }

    private static List<CertificationLog> Search(string folder)
    {
        var logs = new List<CertificationLog>();
        foreach (
            var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        )
        {
            if (CohenTsvReader.IsLog(LogText.Start(path)))
            {
                logs.Add(CohenTsv.Read(path));
            }
        }

        return logs;
    }
}
