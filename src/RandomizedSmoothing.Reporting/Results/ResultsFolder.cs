using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>What was written.</summary>
/// <param name="Directory">The folder.</param>
/// <param name="Images">Images that have certificates, all cells.</param>
/// <param name="Table">The table of the sweep, for showing it.</param>
/// <param name="Warnings">Things that could not be done and do not spoil the rest, as a published log that is missing.</param>
public sealed record WrittenResults(string Directory, int Images, AccuracyTable Table, IReadOnlyList<string> Warnings);

/// <summary>
/// The results folder: <c>manifest.json, votes.parquet, votes.csv, certificates/*.tsv, curves.csv, table.md, table.tex,
/// curves.png, curves.svg, report.html</c>. Everything but the manifest follows from the votes; <c>votes.csv</c>,
/// <c>curves.csv</c> and the tables are the same bytes whenever the votes are the same.
/// </summary>
public static class ResultsFolder
{
    /// <summary>Name of the manifest, the file that is written last.</summary>
    public const string ManifestName = "manifest.json";

    /// <summary>Name of the votes in Parquet.</summary>
    public const string ParquetName = "votes.parquet";

    /// <summary>Name of the votes in CSV.</summary>
    public const string CsvName = "votes.csv";

    private static readonly string[] Notes =
    [
        "Only votes are measured; every other number is recomputed from them by the plan in 'certify'.",
        "Radii in certificates/*.tsv are rounded to nearest at three significant digits, as in the published logs; curves and tables use the exact radii, which are rounded down.",
        "votes.csv holds no timings and is the same, byte for byte, for the same votes; votes.parquet adds device seconds.",
    ];

    /// <summary>Writes all files aside, then moves them into place, the manifest last.</summary>
    /// <param name="directory">The folder; created where missing. Files in it that are not results are left alone.</param>
    /// <param name="results">Sweep and votes.</param>
    /// <param name="pixels">Pixels for thumbnails of the report, or null for none.</param>
    /// <param name="mayRead">Whether a published log that the sweep names may be read or fetched here; null: every one.</param>
    /// <param name="cancellation">Ends early; the folder stays as it was.</param>
    /// <exception cref="UserErrorException">The folder cannot be written; it is left as it was.</exception>
    public static async Task<WrittenResults> WriteAsync(
        string directory,
        SweepResults results,
        PixelSource? pixels = null,
        Predicate<string>? mayRead = null,
        CancellationToken cancellation = default
    )
    {
        var cells = results.Certify();
        var warnings = new List<string>();
        var published = await PublishedLogs
            .ReadAsync(results.Sweep.Report, directory, mayRead ?? (_ => true), warnings, cancellation)
            .ConfigureAwait(false);
        if (!CurvePlots.CanLetter)
        {
            warnings.Add(
                "curves.png and curves.svg have no lettering, because this machine has no typeface: install one, as the package fonts-dejavu-core, and write the results again. report.html is complete."
            );
        }

        var table = SweepTable.Of(cells, results.Sweep.Report, published);
        var drawn = DrawnCells.Of(cells);
        var drawnTable = drawn == cells ? table : SweepTable.Of(drawn, results.Sweep.Report, published);
        var figure = SweepFigure.Of(drawn, published);
        var before = PreviousFiles(directory);
        using var folder = StagedFolder.Open(directory);
        await folder
            .WriteAsync(ParquetName, stream => VotesParquet.WriteAsync(stream, results.Votes, cancellation))
            .ConfigureAwait(false);
        await WriteAsync(folder, CsvName, stream => VotesCsv.Write(stream, results.Votes)).ConfigureAwait(false);
        foreach (var cell in cells)
        {
            await WriteAsync(folder, CertificatesName(cell.Cell), stream => CohenTsv.Write(stream, cell.LogRows()))
                .ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }

        var curveRadii = ReportRadii.OfCurve(results.Sweep.Report, cells);
        await folder.WriteAsync("curves.csv", CurvesCsv.Text(cells, curveRadii)).ConfigureAwait(false);
        await folder.WriteAsync("table.md", TableText.Markdown(table)).ConfigureAwait(false);
        await folder.WriteAsync("table.tex", TableText.Latex(table)).ConfigureAwait(false);
        await WriteAsync(folder, "curves.png", stream => stream.Write(CurvePlots.Png(figure))).ConfigureAwait(false);
        await folder.WriteAsync("curves.svg", CurvePlots.Svg(figure)).ConfigureAwait(false);
        var caveats = SweepCaveats.Of(results.Sweep);
        var manifest = Manifest(results, cells, [.. caveats.Union(results.Warnings).Concat(warnings)], []);
        var report = HtmlReport.Page(
            new ReportContent(results, cells, drawn, table, drawnTable, figure, manifest, pixels)
        );
        await folder.WriteAsync("report.html", report).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();

        manifest = manifest with { Files = [.. folder.Files] };
        await folder.WriteAsync(ManifestName, ResultsReader.Format(manifest)).ConfigureAwait(false);
        folder.Commit(ManifestName);
        RemoveStale(directory, before.Except(folder.Files.Select(f => f.Name)));
        return new WrittenResults(directory, cells.Sum(cell => cell.Certificates.Count), table, warnings);
    }

    /// <summary>The certification log of a cell within the folder.</summary>
    public static string CertificatesName(CellDefinition cell) => $"certificates/{cell.Id.FileName}.tsv";

    private static Task WriteAsync(StagedFolder folder, string name, Action<Stream> write) =>
        folder.WriteAsync(
            name,
            stream =>
            {
                write(stream);
                return Task.CompletedTask;
            }
        );

    private static ResultsManifest Manifest(
        SweepResults results,
        IReadOnlyList<CellReport> cells,
        IReadOnlyList<string> warnings,
        IReadOnlyList<ResultsFile> files
    )
    {
        var sweep = results.Sweep;
        return new ResultsManifest
        {
            Format = ResultsManifest.FormatName,
            Sweep = sweep.Id,
            Name = sweep.Name,
            State = results.State,
            Seed = sweep.Seed,
            Sampler = sweep.Sampler,
            Certify = sweep.Plan,
            Execution = sweep.Execution,
            BatchChoices = sweep.BatchChoices,
            Datasets = [.. sweep.Datasets.Select(ManifestDataset.Of)],
            Models = sweep.Models,
            Cells = [.. cells.Select(ManifestCell.Of)],
            Report = sweep.Report,
            Environment = results.Environment,
            WallSeconds = (results.Environment.FinishedAt - results.Environment.StartedAt).TotalSeconds,
            DeviceSeconds = results.Votes.SelectMany(v => v.Images).Sum(i => i.Seconds),
            Warnings = warnings,
            Notes = Notes,
            SweepFile = sweep.Source,
            Files = files,
        };
    }

    /// <summary>What the manifest of the folder lists; empty where there is none.</summary>
    internal static List<string> PreviousFiles(string directory)
    {
        try
        {
            return [.. ResultsReader.ReadManifest(directory).Files.Select(f => f.Name)];
        }
        catch (UserErrorException)
        {
            // No results yet, or none that can be read: nothing of ours to clear away.
            return [];
        }
    }

    /// <summary>
    /// Deletes logs of cells that an earlier form of the sweep had. Only names below certificates/ that a manifest listed are touched.
    /// </summary>
    internal static void RemoveStale(string directory, IEnumerable<string> names)
    {
        foreach (
            var name in names.Where(n =>
                n.StartsWith("certificates/", StringComparison.Ordinal) && !n.Contains("..", StringComparison.Ordinal)
            )
        )
        {
            try
            {
                File.Delete(Path.Combine(directory, name));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A stale log stays; the manifest does not list it.
            }
        }
    }
}
