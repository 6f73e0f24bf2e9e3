using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Artifacts;
using RandomizedSmoothing.Node.Options;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Results;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Node.Api;

/// <summary>What came out of a sweep, or has until now: tables, curves, certificates, votes, the whole folder.</summary>
internal static class ResultEndpoints
{
    public static void MapResults(this IEndpointRouteBuilder routes)
    {
        var results = routes.MapGroup("/api/v1/sweeps/{id}").WithTags("results");
        results
            .MapGet("results", TableAsync)
            .WithName("getTable")
            .WithSummary("Certified accuracy by radius: format=json, csv, md, latex or text.");
        results.MapGet("curves", CurvesAsync).WithName("getCurves").WithSummary("Certified-accuracy curves as CSV.");
        results
            .MapGet("certificates", CertificatesAsync)
            .WithName("getCertificates")
            .WithSummary("The certificates of one cell in the columns of the published logs, as TSV.");
        results
            .MapGet("votes", VotesAsync)
            .WithName("getVotes")
            .WithSummary("Every vote count: format=csv or parquet; of all cells or one.");
        results
            .MapGet("export", ExportAsync)
            .WithName("exportSweep")
            .WithSummary("The results folder as a ZIP archive, the same that rsmooth run writes.");
    }

    private static Task<IResult> TableAsync(
        string id,
        Request request,
        CancellationToken cancellation,
        string format = "json"
    ) =>
        request.AnswerAsync(
            id,
            null,
            results =>
            {
                var table = SweepTable.Of(results.Certify(), results.Sweep.Report);
                return format switch
                {
                    "json" => Results.Text(TableData.Json(table), "application/json"),
                    "csv" => Results.Text(TableData.Csv(table), "text/csv"),
                    "md" => Results.Text(TableText.Markdown(table), "text/markdown"),
                    "latex" => Results.Text(TableText.Latex(table), "text/x-tex"),
                    "text" => Results.Text(TableText.Grid(table), "text/plain"),
                    _ => ApiProblems.Bad($"format is '{format}': known are json, csv, md, latex and text."),
                };
            },
            cancellation
        );

    private static Task<IResult> CurvesAsync(string id, Request request, CancellationToken cancellation) =>
        request.AnswerAsync(
            id,
            null,
            results =>
            {
                var cells = results.Certify();
                var radii = ReportRadii.OfCurve(results.Sweep.Report, cells);
                return Results.Text(CurvesCsv.Text(cells, radii), "text/csv");
            },
            cancellation
        );

    private static Task<IResult> CertificatesAsync(
        string id,
        string cell,
        Request request,
        NodeOptions options,
        CancellationToken cancellation
    ) =>
        request.AnswerAsync(
            id,
            cell,
            results =>
            {
                var rows = results.Certify().Single().LogRows().ToList();
                return Buffered(options, "text/tab-separated-values", buffer => CohenTsv.Write(buffer, rows));
            },
            cancellation
        );

    private static Task<IResult> VotesAsync(
        string id,
        Request request,
        NodeOptions options,
        CancellationToken cancellation,
        string? cell = null,
        string format = "csv"
    ) =>
        request.AnswerAsync(
            id,
            cell,
            results =>
                format switch
                {
                    "csv" => Buffered(options, "text/csv", buffer => VotesCsv.Write(buffer, results.Votes)),
                    "parquet" => BufferedAsync(
                        options,
                        "application/vnd.apache.parquet",
                        buffer => VotesParquet.WriteAsync(buffer, results.Votes, cancellation)
                    ),
                    _ => Task.FromResult<IResult>(ApiProblems.Bad($"format is '{format}': known are csv and parquet.")),
                },
            cancellation
        );

    private static Task<IResult> ExportAsync(
        string id,
        Request request,
        StoredResults stored,
        NodeOptions options,
        CancellationToken cancellation
    ) =>
        request.AnswerAsync(
            id,
            null,
            async results =>
                Results.File(await ZipAsync(results, stored, options, cancellation), "application/zip", $"{id}.zip"),
            cancellation
        );

    /// <summary>The archive, complete before the answer begins, in a file that vanishes when it is closed.</summary>
    private static async Task<Stream> ZipAsync(
        SweepResults results,
        StoredResults stored,
        NodeOptions options,
        CancellationToken cancellation
    )
    {
        var folder = Aside(options);
        try
        {
            await ResultsFolder.WriteAsync(folder, results, stored.Pixels(), options.Submitted.MayRead, cancellation);
            var zip = Vanishing(folder + ".zip");
            ZipFile.CreateFromDirectory(folder, zip, CompressionLevel.Optimal, includeBaseDirectory: false);
            zip.Position = 0;
            return zip;
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static Task<IResult> Buffered(NodeOptions options, string mediaType, Action<Stream> write) =>
        BufferedAsync(
            options,
            mediaType,
            buffer =>
            {
                write(buffer);
                return Task.CompletedTask;
            }
        );

    /// <summary>
    /// Writers that block, or that seek, write to a file first, which vanishes when it is closed; what fails then fails before
    /// the answer begins.
    /// </summary>
    private static async Task<IResult> BufferedAsync(NodeOptions options, string mediaType, Func<Stream, Task> write)
    {
        var buffer = Vanishing(Aside(options));
        try
        {
            await write(buffer);
        }
        catch
        {
            await buffer.DisposeAsync();
            throw;
        }

        buffer.Position = 0;
        return Results.Stream(buffer, mediaType);
    }

    /// <summary>A path for a large answer, on the cache's disk: the temporary folder may be small, or lie in memory.</summary>
    private static string Aside(NodeOptions options) =>
        Path.Combine(
            Directory.CreateDirectory(Leftovers.Exports(options.Cache)).FullName,
            Guid.NewGuid().ToString("N")
        );

    // Without a name from the first byte on where a file may be so: a process that is killed leaves nothing either.
    private static FileStream Vanishing(string path)
    {
        var file = new FileStream(
            path,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose
        );
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        return file;
    }

    /// <summary>
    /// Answers about results. Each reads and certifies all votes of a sweep, so that only some are worked out at a time; the others
    /// wait, and whoever goes away is not answered.
    /// </summary>
    internal sealed class Request(SweepAccess access, StoredResults stored) : IDisposable
    {
        private readonly SemaphoreSlim _places = new(Math.Clamp(Environment.ProcessorCount, 2, 8));

        public Task<IResult> AnswerAsync(
            string id,
            string? cell,
            Func<SweepResults, IResult> answer,
            CancellationToken cancellation
        ) => AnswerAsync(id, cell, results => Task.FromResult(answer(results)), cancellation);

        public async Task<IResult> AnswerAsync(
            string id,
            string? cell,
            Func<SweepResults, Task<IResult>> answer,
            CancellationToken cancellation
        )
        {
            await _places.WaitAsync(cancellation);
            try
            {
                return await ReadAsync(id, cell, cancellation) switch
                {
                    null => ApiProblems.NoSweep(id),
                    { Sweep.Cells.Count: 0 } when cell is not null => TypedResults.Problem(
                        $"The sweep '{id}' has no cell '{cell}'.",
                        statusCode: StatusCodes.Status404NotFound,
                        title: "No such cell"
                    ),
                    { } results => await answer(results),
                };
            }
            finally
            {
                _places.Release();
            }
        }

        public void Dispose() => _places.Dispose();

        private async Task<SweepResults?> ReadAsync(string id, string? cell, CancellationToken cancellation) =>
            await access.FindAsync(id, cancellation) is { } record
                ? await stored.ReadAsync(record, cell is null ? null : new CellId(cell), cancellation)
                : null;
    }
}
