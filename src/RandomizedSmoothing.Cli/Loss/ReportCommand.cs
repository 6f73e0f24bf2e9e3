using System.CommandLine;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Cli.Logs;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Reporting.AccuracyLoss;
using RandomizedSmoothing.Reporting.AccuracyLoss.Page;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Cli.Loss;

/// <summary><c>rsmooth loss report DIR</c>: where the accuracy of a sweep is lost.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR") { Description = "A results folder." };
        var target = LogOptions.Out("Folder of the report; DIR/loss when left out.");
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv);
        var command = new Command(
            "report",
            "How much accuracy smoothing costs in a sweep, and where: page, figures and tables from its votes.\nExample: rsmooth run cluster-config/sweeps/loss-digits.yaml && rsmooth loss report results/loss-digits"
        )
        {
            folder,
            target,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var source = terminal.Resolve(parsed.GetRequiredValue(folder));
                var results = await ResultsReader.ReadAsync(source, cancellation);
                var pixels = Pixels(terminal, results.Sweep, cancellation);
                var report = LossReport.Of(
                    results,
                    pixels,
                    new QuarterProgress(terminal, "compared", "the pairs of images"),
                    cancellation
                );
                var directory = parsed.GetValue(target) is { } given
                    ? terminal.Resolve(given)
                    : Path.Combine(source, "loss");
                await LossFolder.WriteAsync(directory, report, pixels);
                Print(terminal, report, parsed.GetValue(output));
                await terminal.Error.WriteLineAsync($"Report: {Path.Combine(directory, LossFolder.PageName)}");
                return ExitCodes.Done;
            }
        );
        return command;
    }

    // The data are needed for pictures and for what they alone forbid; without them the rest is still told.
    private static PixelSource? Pixels(Terminal terminal, SweepDefinition sweep, CancellationToken cancellation)
    {
        var catalogue = new DatasetCatalogue(DatasetOptions.FromEnvironment());
        var open = new Dictionary<ContentHash, ImageDataset>();
        try
        {
            foreach (var reference in sweep.Datasets)
            {
                var dataset = catalogue.Load(reference.Spec, cancellation: cancellation);
                if (dataset.Hash != reference.Hash)
                {
                    terminal.Error.WriteLine(
                        $"The images of {reference.Name} are not those of the sweep any more: pictures and the data-only ceiling are left out."
                    );
                    return null;
                }

                open[reference.Hash] = dataset;
            }
        }
        catch (UserErrorException error)
        {
            terminal.Error.WriteLine($"Pictures and the data-only ceiling are left out: {error.Message}");
            return null;
        }

        return (reference, index) => open[reference.Hash].Image(index).ToArray();
    }

    private static void Print(Terminal terminal, LossReport report, OutputFormat format)
    {
        var tables = LossTables.Of(report);
        if (format == OutputFormat.Json)
        {
            var json = new JsonObject { ["sweep"] = report.Name, ["finding"] = LossPage.Finding(report) };
            foreach (var table in tables)
            {
                json[table.Name] = Rows(table).ToJson();
            }

            terminal.Out.WriteLine(json.ToJsonString(JsonText.Indented));
            return;
        }

        if (format == OutputFormat.Csv)
        {
            terminal.Out.Write(LossTables.Csv(tables[0]));
            return;
        }

        terminal.Out.WriteLine(LossPage.Finding(report));
        terminal.Out.WriteLine();
        Summary(report).Write(terminal.Out, OutputFormat.Table);
        foreach (var missing in report.Missing)
        {
            terminal.Out.WriteLine($"\n{missing.Part}: {missing.Remedy}");
        }
    }

    private static RowTable Summary(LossReport report)
    {
        var isSplit = report.Groups.SelectMany(g => g.Steps).All(s => s.Parts.IsSplit);
        var rows = new RowTable(
            "noise",
            "trained at σ",
            "σ",
            "clean A0",
            "noise-trained B",
            "smoothed G",
            "lost",
            "training",
            isSplit ? "wrong" : "smoothing",
            isSplit ? "abstained" : "not estimated",
            "sandwich"
        );
        foreach (var group in report.Groups)
        {
            var name = report.Groups.Select(g => (g.Dataset.Name, g.Model)).Distinct().Skip(1).Any()
                ? $"{group.Dataset.Name}/{group.Model}/{group.Noise}"
                : group.Noise;
            foreach (var step in group.Steps)
            {
                var parts = step.Parts;
                var (first, second) = isSplit
                    ? (parts.WrongImages, parts.AbstainedImages)
                    : (parts.SmoothingImages, parts.SmoothedNotEstimated);
                rows.Add(
                    name,
                    step.Smoothed.TrainSigma,
                    step.Smoothed.Sigma,
                    Share(parts.CleanCorrect, parts.Images),
                    Share(parts.NoiseTrainedCorrect, parts.Images),
                    Share(parts.SmoothedCorrect, parts.Images),
                    Share(parts.TotalImages, parts.Images),
                    Share(parts.TrainingImages, parts.Images),
                    Share(first ?? 0, parts.Images),
                    Share(second ?? 0, parts.Images),
                    step.Smoothed.SandwichHolds switch
                    {
                        true => "holds",
                        false => "FAILS",
                        null => "–",
                    }
                );
            }
        }

        return rows;
    }

    // Decimals keep their zeros, so that columns line up.
    private static decimal Share(int images, int all) => decimal.Round((decimal)images / all, 3) + 0.000m;

    private static RowTable Rows(LossTable table)
    {
        var rows = new RowTable([.. table.Columns]);
        foreach (var row in table.Rows)
        {
            rows.Add([.. row]);
        }

        return rows;
    }
}
