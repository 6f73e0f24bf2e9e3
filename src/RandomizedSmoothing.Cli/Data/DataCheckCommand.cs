using System.CommandLine;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Cli.Data;

/// <summary><c>rsmooth data check DATASET</c>: reads every image of a split and says what there is.</summary>
internal static class DataCheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var dataset = new Argument<string>("DATASET") { Description = $"{DatasetText.Forms}." };
        var split = new Option<string>("--split") { Description = "train or test.", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test", "train");
        var classes = ClassesOption.Create();
        var sheet = new Option<string?>("--sheet")
        {
            Description = "Where the contact sheet goes; default: NAME-SPLIT.png in the current folder; '-' for none.",
            HelpName = "FILE",
        };
        var fresh = new Option<bool>("--fresh")
        {
            Description =
                "Decode image files anew instead of taking those prepared in the cache, to measure the speed.",
        };
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv);
        var command = new Command(
            "check",
            "Reads every image of a split: classes, mean and deviation, pixel range, duplicates, digest, a contact sheet.\n"
                + "Example: rsmooth data check folder:images --split train"
        )
        {
            dataset,
            split,
            classes,
            sheet,
            fresh,
            output,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                var spec = DatasetText
                    .Parse(parsed.GetValue(dataset)!, parsed.GetValue(split)!, terminal.Resolve)
                    .WithClasses(parsed, classes);
                var report = Read(terminal, spec, parsed.GetValue(fresh), cancellation);
                var target = parsed.GetValue(sheet) ?? $"{spec.Name}-{spec.Split}.png";
                report.Write(
                    terminal,
                    parsed.GetValue(output),
                    target == "-" ? null : terminal.Resolve(target),
                    cancellation
                );
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }

    private static DataReport Read(Terminal terminal, DatasetSpec spec, bool fresh, CancellationToken cancellation)
    {
        var options = DatasetOptions.FromEnvironment();
        if (!fresh)
        {
            return Timed(terminal, spec, options, cancellation);
        }

        var scratch = Directory.CreateTempSubdirectory("rsmooth-check-");
        try
        {
            var places = options.SystemFolders.Prepend(options.Cache.Datasets);
            options = options with
            {
                Cache = new CacheFolders(scratch.FullName),
                SystemFolders = [.. places],
                Download = false,
            };
            return Timed(terminal, spec, options, cancellation);
        }
        finally
        {
            // Pixels stay mapped where the system allows it; elsewhere the folder is left to the system to clear.
            try
            {
                scratch.Delete(recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                terminal.Error.WriteLine($"note: '{scratch.FullName}' could not be deleted");
            }
        }
    }

    private static DataReport Timed(
        Terminal terminal,
        DatasetSpec spec,
        DatasetOptions options,
        CancellationToken cancellation
    )
    {
        var catalogue = new DatasetCatalogue(options);
        var start = terminal.Time.GetTimestamp();
        var dataset = catalogue.Load(spec, new DownloadDisplay(terminal), cancellation);
        return new DataReport(dataset, catalogue.Locate(spec), terminal.Time.GetElapsedTime(start));
    }
}
