using System.CommandLine;
using System.Text;
using RandomizedSmoothing.Cli.Cluster;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Logs;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Results;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Cli.Results;

/// <summary><c>rsmooth results DIR</c>: the table of a results folder; with <c>--explain</c> the arithmetic of one image.</summary>
internal static class ResultsCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR|ID")
        {
            Description = "A results folder, or the id of a sweep whose folder is results/ID.",
        };
        var radii = LogOptions.Radii();
        var explain = NumberOptions.Whole(
            "--explain",
            "Explain the certificate of the image with this index in the split, line by line",
            0,
            int.MaxValue
        );
        var cell = new Option<string?>("--cell")
        {
            Description = "Only the cell with this id, or else those whose id contains this text.",
            HelpName = "TEXT",
        };
        var output = OutputOption.Create();
        var cluster = ClusterOption.Create();
        cluster.Description =
            "Ask this control node for the table of the sweep with this id; without it, folders here are read.";
        var keyFile = ApiKeyOption.Create();
        var command = new Command("results", "Print the table of a results folder, or explain one image's certificate.")
        {
            folder,
            radii,
            explain,
            cell,
            output,
            cluster,
            keyFile,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                if (parsed.GetValue(cluster) is { } nodes)
                {
                    var local = new Option[] { radii, explain, cell }.FirstOrDefault(o => IsGiven(parsed, o));
                    if (local is not null)
                    {
                        throw new UserErrorException(
                            $"{local.Name} reads a folder, and --cluster prints the table that the node makes: fetch the folder first "
                                + "with 'rsmooth export', and leave --cluster out."
                        );
                    }

                    using var client = ClusterOption.Open(nodes, parsed.GetValue(keyFile), terminal);
                    var id = parsed.GetRequiredValue(folder);
                    return await PrintFromAsync(client, id, parsed.GetValue(output), terminal, cancellation);
                }

                var results = await ResultsReader.ReadAsync(
                    FolderOf(terminal, parsed.GetRequiredValue(folder)),
                    cancellation
                );
                var chosen = Choose(results, parsed.GetValue(cell));
                var format = parsed.GetValue(output);
                terminal.Out.Write(
                    parsed.GetValue(explain) is { } image
                        ? ExplanationOutput.Text(chosen, image, format)
                        : TableOutput.Text(Table(results, chosen, parsed.GetValue(radii) ?? []), format)
                );
                return results.State == SweepState.CompletedWithGaps ? ExitCodes.FinishedWithGaps : ExitCodes.Done;
            }
        );
        return command;
    }

    private static async Task<int> PrintFromAsync(
        ApiClient client,
        string sweep,
        OutputFormat output,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var format = output == OutputFormat.Table ? "text" : output.ToString().ToLowerInvariant();
        using var table = new MemoryStream();
        await client.DownloadAsync($"{ClusterCommand.PathOf(sweep)}/results?format={format}", table, cancellation);
        await terminal.Out.WriteLineAsync(Encoding.UTF8.GetString(table.ToArray()).TrimEnd('\n'));
        var detail = await client.GetAsync<SweepDetail>(ClusterCommand.PathOf(sweep), cancellation);
        return detail.Sweep.State == SweepState.CompletedWithGaps ? ExitCodes.FinishedWithGaps : ExitCodes.Done;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static string FolderOf(Terminal terminal, string given)
    {
        var folder = terminal.Resolve(given);
        var byId = terminal.Resolve(Path.Combine("results", given));
        return !Directory.Exists(folder) && SweepId.IsValid(given) && Directory.Exists(byId) ? byId : folder;
    }

    private static AccuracyTable Table(SweepResults results, List<CellReport> cells, IReadOnlyList<double> radii)
    {
        var report = radii.Count > 0 ? results.Sweep.Report with { Radii = radii } : results.Sweep.Report;
        return SweepTable.Of(cells, report);
    }

    private static List<CellReport> Choose(SweepResults results, string? text)
    {
        bool Is(CellReport c) => c.Cell.Id.Value == text;
        var all = results.Certify();
        var cells = all.Where(c =>
                text is null || Is(c) || !all.Any(Is) && c.Cell.Id.Value.Contains(text, StringComparison.Ordinal)
            )
            .ToList();
        return cells.Count > 0
            ? cells
            : throw new UserErrorException(
                $"No cell's id contains '{text}'. The cells are: {string.Join(", ", results.Sweep.Cells.Select(c => c.Id))}."
            );
    }
}
