using System.CommandLine;
using RandomizedSmoothing.Cli.Calc;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Models.Sampling;

namespace RandomizedSmoothing.Cli.Train;

/// <summary>
/// <c>rsmooth train</c>: one base classifier, trained as a sweep would train it, by the same key in the same cache. Killed at
/// any time, the same command goes on after the last whole epoch and ends with the same bytes.
/// </summary>
internal static class TrainCommand
{
    public static Command Create(Terminal terminal)
    {
        var arguments = new TrainArguments();
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv);
        var command = new Command(
            "train",
            "Trains a base classifier; run again, it goes on where it stopped.\n"
                + "Example: rsmooth train --dataset digits --architecture small-conv --sigma 0.25 --epochs 20 --out net.safetensors"
        );
        arguments.AddTo(command);
        command.Add(output);
        command.SetAction(
            (parsed, cancellation) =>
            {
                Run(parsed, arguments, terminal, parsed.GetValue(output), cancellation);
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }

    private static void Run(
        ParseResult parsed,
        TrainArguments arguments,
        Terminal terminal,
        OutputFormat format,
        CancellationToken cancellation
    )
    {
        var cache = CacheFolders.Default();
        var catalogue = new DatasetCatalogue(DatasetOptions.FromEnvironment());
        var (task, split, images, target) = arguments.Read(parsed, terminal, catalogue, cancellation);
        AtomicFile.RequireWritable(target);
        var device = TorchDevices.Parse(arguments.DeviceOf(parsed))[0];
        var factory = new TorchShardRunnerFactory(
            new TorchRunnerOptions
            {
                Devices = arguments.DeviceOf(parsed),
                Cache = cache,
                Warn = terminal.Error.WriteLine,
            },
            new ArtifactCache(cache.Artifacts),
            catalogue,
            terminal.Time
        );
        using var runner = factory.Create(device);
        var display = new TrainDisplay(terminal, images);
        terminal.Error.WriteLine(
            FormattableString.Invariant(
                $"training {task.Architecture} on {images} images of {task.Dataset.Name}, {task.Noise} noise at sigma {task.Sigma}, recipe {task.Recipe.Recipe}, {device.Name}"
            )
        );
        if (OneClass(split, images) is { } warning)
        {
            terminal.Error.WriteLine($"warning: {warning}");
        }

        TrainingResult result;
        try
        {
            result = runner.Train(task, display, cancellation);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("Stopped. To go on after the last whole epoch, run the same command again.");
            throw;
        }

        display.End();
        var files = TrainedOutput.Write(result, TrainedOutput.Description(task, split), target);
        terminal.Error.WriteLine($"wrote {string.Join(", ", files)}");
        Summary(task, result, target).Write(terminal.Out, format);
    }

    private static string? OneClass(DatasetReference split, int images) =>
        split.Labels.Take(images).Distinct().Take(2).ToList() is [var only]
            ? $"All {images} images of {split.Name} that are trained on are of one class, '{split.ClassNames[only]}': the network "
                + "learns to answer it whatever it sees, and its accuracy says nothing. Check the labels, the folders of the classes "
                + "and --max."
            : null;

    private static CalcResult Summary(TrainingTask task, TrainingResult result, string target) =>
        new CalcResult()
            .Add("model", target, "in a sweep: file; the .yaml beside it says the rest")
            .Add("sha256", result.FileHash.Hex, "the same task gives the same bytes")
            .Add("task", task.Key.Hex, "digest of everything that determines the weights")
            .Add("training_accuracy", Math.Round(result.Accuracy, 6), "last epoch, as trained: augmented and noisy")
            .Add("seconds", Math.Round(result.Seconds, 3), "of this run; 0 or so when the cache had the model");
}
