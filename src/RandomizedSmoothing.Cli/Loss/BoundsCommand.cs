using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.AccuracyLoss.DataBounds;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Devices;

namespace RandomizedSmoothing.Cli.Loss;

/// <summary><c>rsmooth loss bounds</c>: what a data set alone forbids, without a classifier.</summary>
internal static class BoundsCommand
{
    public static Command Create(Terminal terminal)
    {
        var dataset = new Option<string>("--dataset")
        {
            Description = "The data set: digits, mnist, fashion-mnist, cifar10, …",
            HelpName = "NAME",
            Required = true,
        };
        var path = new Option<string?>("--path")
        {
            Description = "Its folder; default: found by name.",
            HelpName = "PATH",
        };
        var format = new Option<string?>("--format")
        {
            Description = "Its format, where the name does not tell.",
            HelpName = "NAME",
        };
        var split = new Option<string>("--split")
        {
            Description = "The images whose accuracy is in question: train or test.",
            DefaultValueFactory = _ => "test",
        };
        split.AcceptOnlyFromAmong("test", "train");
        var against = new Option<string>("--against")
        {
            Description = "Where nearest images of another label are looked for: train, test or same.",
            DefaultValueFactory = _ => "same",
        };
        against.AcceptOnlyFromAmong("same", "train", "test");
        var max = NumberOptions.Count("--max", "At most this many images of each split", 1);
        var radii = Numbers("--radii", "Certified radii R", "0.25,0.5,0.75,1,1.25,1.5,1.75,2,2.5,3");
        var sigmas = Numbers("--sigmas", "Gaussian noise levels", "0.25,0.5,1");
        var votes = Numbers("--votes", "Votes P of the right label", "0.9,0.99,0.999");
        var device = new Option<string>("--device")
        {
            Description = "Where nearest images are looked for: auto (the first GPU, else the processor), cpu, cuda:0.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "auto",
        };
        var output = new Option<string?>("--out")
        {
            Description = "Folder of bounds.png, bounds.svg and bounds.csv; default: no figure.",
            HelpName = "DIR",
        };
        var form = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv);
        var command = new Command(
            "bounds",
            "Limits that a data set puts on every smoothed classifier: images of different label that lie too close.\nExample: rsmooth loss bounds --dataset mnist --against train"
        )
        {
            dataset,
            path,
            format,
            split,
            against,
            max,
            radii,
            sigmas,
            votes,
            device,
            output,
            form,
        };
        command.SetAction(
            (parsed, cancellation) =>
            {
                LabelledImages Read(string part) =>
                    Images(
                        terminal,
                        new DatasetSpec
                        {
                            Name = parsed.GetValue(dataset)!,
                            Path = parsed.GetValue(path) is { } given ? terminal.Resolve(given) : null,
                            Format = parsed.GetValue(format),
                            Split = part,
                            Max = (int?)Math.Min(int.MaxValue, parsed.GetValue(max) ?? int.MaxValue),
                        },
                        cancellation
                    );
                var images = Read(parsed.GetValue(split)!);
                var other = parsed.GetValue(against)!;
                var references = other == "same" || other == parsed.GetValue(split) ? images : Read(other);
                var report = new BoundsReport(
                    $"{parsed.GetValue(dataset)} {parsed.GetValue(split)}",
                    references == images ? "same" : other,
                    images,
                    references,
                    List(parsed, radii, r => r >= 0),
                    List(parsed, sigmas, s => s > 0),
                    List(parsed, votes, p => p is >= 0.5 and < 1),
                    TorchDevices.Parse(parsed.GetValue(device)!).FirstOrDefault(d => d.Kind == "cuda")
                );
                report.Compute(new QuarterProgress(terminal, "compared", "the pairs of images"), cancellation);
                report.Write(terminal, parsed.GetValue(form), parsed.GetValue(output));
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }

    private static LabelledImages Images(Terminal terminal, DatasetSpec spec, CancellationToken cancellation)
    {
        var data = new DatasetCatalogue(DatasetOptions.FromEnvironment()).Load(
            spec,
            new DownloadDisplay(terminal),
            cancellation
        );
        var count = Math.Min(data.Count, spec.Max ?? data.Count);
        var size = (long)count * data.Shape.Dimension;
        if (size > Array.MaxLength)
        {
            throw new UserErrorException(
                $"The {count} images of {spec.Name} have {size} pixels, but at most {Array.MaxLength} are compared at once. Give --max {Array.MaxLength / data.Shape.Dimension}."
            );
        }

        var pixels = new byte[size];
        for (var i = 0; i < count; i++)
        {
            data.Image(i).CopyTo(pixels.AsSpan(i * data.Shape.Dimension));
        }

        return new LabelledImages(pixels, data.Labels.AsMemory()[..count]);
    }

    private static Option<string> Numbers(string name, string description, string standard) =>
        new(name)
        {
            Description = $"{description}, separated by commas.",
            HelpName = "N,N,…",
            DefaultValueFactory = _ => standard,
        };

    private static double[] List(ParseResult parsed, Option<string> option, Func<double, bool> allowed)
    {
        var numbers = new SortedSet<double>();
        foreach (
            var part in parsed
                .GetValue(option)!
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            if (!NumberOptions.TryNumber(part, out var number) || !allowed(number))
            {
                throw new UserErrorException(
                    $"{option.Name} holds '{part}': radii are at least 0, noise levels greater than 0, votes at least 0.5 and less than 1."
                );
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}
