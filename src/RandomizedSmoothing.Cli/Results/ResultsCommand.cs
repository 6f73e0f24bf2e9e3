using System.CommandLine;
using RandomizedSmoothing.Cli.Logs;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
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
        var explain = new Option<int?>("--explain")
        {
            Description = "Explain the certificate of this image (its index in the split), line by line.",
            HelpName = "IDX",
        };
        var cell = new Option<string?>("--cell")
        {
            Description = "Only cells whose id contains this text.",
            HelpName = "TEXT",
        };
        var output = OutputOption.Create();
        var command = new Command("results", "Print the table of a results folder, or explain one image's certificate.")
        {
            folder,
            radii,
            explain,
            cell,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
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
        var cells = results
            .Certify()
            .Where(c => text is null || c.Cell.Id.Value.Contains(text, StringComparison.Ordinal))
            .ToList();
        return cells.Count > 0
            ? cells
            : throw new UserErrorException(
                $"No cell's id contains '{text}'. The cells are: {string.Join(", ", results.Sweep.Cells.Select(c => c.Id))}."
            );
    }
}
