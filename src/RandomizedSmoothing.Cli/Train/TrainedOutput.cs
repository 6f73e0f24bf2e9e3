using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Reporting.AccuracyLoss;

namespace RandomizedSmoothing.Cli.Train;

/// <summary>
/// Writes a trained model with its description, its log and its plot: FILE.safetensors, FILE.yaml, FILE.csv, FILE.png, FILE.svg.
/// </summary>
internal static class TrainedOutput
{
    private const string Mark = "# Written by rsmooth train";

    /// <summary>
    /// A file that would be replaced and is not of an earlier training, or null. The description tells: without the mark in its
    /// first line, none of the files is one of ours.
    /// </summary>
    public static string? ForeignFile(string target)
    {
        var description = Path.ChangeExtension(target, ".yaml");
        return File.Exists(description)
            ? File.ReadLines(description).FirstOrDefault()?.StartsWith(Mark, StringComparison.Ordinal) == true
                ? null
                : description
            : new[] { ".safetensors", ".csv", ".png", ".svg" }
                .Select(extension => Path.ChangeExtension(target, extension))
                .FirstOrDefault(File.Exists);
    }

    /// <summary>Each file is written aside and renamed; the description first, as it marks the others as ours.</summary>
    /// <returns>The files written.</returns>
    public static IReadOnlyList<string> Write(TrainingResult result, string description, string target)
    {
        var files = new List<string>();
        Add(".yaml", System.Text.Encoding.UTF8.GetBytes(description));
        files.Add(target);
        AtomicFile.Write(
            target,
            stream =>
            {
                using var source = File.OpenRead(result.Path);
                source.CopyTo(stream);
            }
        );
        var log = Path.ChangeExtension(result.Path, ".csv");
        if (!File.Exists(log))
        {
            return files;
        }

        var text = File.ReadAllText(log);
        var figure = Figure(text);
        Add(".csv", System.Text.Encoding.UTF8.GetBytes(text));
        Add(".png", LossPlots.Png(figure));
        Add(".svg", System.Text.Encoding.UTF8.GetBytes(LossPlots.Svg(figure)));
        return files;

        void Add(string extension, byte[] bytes)
        {
            var path = Path.ChangeExtension(target, extension);
            AtomicFile.Write(path, stream => stream.Write(bytes));
            files.Add(path);
        }
    }

    /// <summary>The text of the description that sweeps read beside the model; its normalisation is inside the file.</summary>
    public static string Description(TrainingTask task, DatasetReference split)
    {
        // Strings of JSON are strings of YAML. Names that occur twice, as two of ImageNet's, cannot be listed.
        var names = split.ClassNames;
        var classes = names.Distinct().Count() == split.Classes ? $"[{string.Join(", ", names.Select(Quoted))}]" : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {{Mark}}; recipe {{task.Recipe.Recipe}}, {{task.Recipe.Epochs}} epochs, task {{task.Key.Hex}}.
            architecture: {{task.Architecture}}
            input: { shape: [{{split.Shape.Channels}}, {{split.Shape.Height}}, {{split.Shape.Width}}], range: [0, 1] }
            classes: {{classes ?? split.Classes.ToString(CultureInfo.InvariantCulture)}}
            training: { sigma: {{task.Sigma}}, noise: {{task.Noise}} }
            source: {{Quoted("trained on " + split.Name)}}

            """
        );
    }

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static LossFigure Figure(string log)
    {
        var rows = log.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(line => line.Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray())
            .ToArray();
        double[] Column(int index) => [.. rows.Select(row => row[index])];
        return new LossFigure([
            new LossPanel("epoch", "training loss", [new LossSeries("", Column(0), Column(2))]),
            new LossPanel("epoch", "training accuracy (noisy images)", [new LossSeries("", Column(0), Column(3))])
            {
                Top = 1,
            },
            new LossPanel(
                "epoch",
                "learning rate",
                [new LossSeries("", Column(0), Column(1)) { Shape = LineShape.Plain }]
            ),
        ]);
    }
}
