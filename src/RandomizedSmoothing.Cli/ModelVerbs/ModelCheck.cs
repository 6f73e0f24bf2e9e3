using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Preflight;

namespace RandomizedSmoothing.Cli.ModelVerbs;

/// <summary>What <c>rsmooth models check</c> found.</summary>
/// <param name="File">The model file.</param>
/// <param name="Kind">Its format.</param>
/// <param name="Described">The description beside it.</param>
/// <param name="Sweep">A sweep of this model alone.</param>
/// <param name="Probe">What was seen.</param>
/// <param name="Warnings">What a person should look at.</param>
internal sealed record ModelCheck(
    string File,
    ModelFileKind Kind,
    (string Path, ModelDescription Description)? Described,
    SweepDefinition Sweep,
    ProbeResult Probe,
    IReadOnlyList<string> Warnings
)
{
    private const int BarWidth = 24;

    private DatasetReference Dataset => Sweep.Datasets[0];

    private ModelSpec Model => Sweep.Models[0].Spec;

    public string ToText()
    {
        var text = new StringBuilder();
        var length = new FileInfo(File).Length;
        Line(
            text,
            "model",
            $"{Path.GetFileName(File)} · {Kind} · {Megabytes(length)} · sha256 {Sweep.Models[0].FileHash?.Hex[..12]}…"
        );
        if (Described is var (path, description))
        {
            string?[] facts =
            [
                Path.GetFileName(path),
                description.Licence is { } licence ? $"licence {licence}" : null,
                Trained(description),
                description.Source,
            ];
            Line(text, "described by", string.Join(" · ", facts.OfType<string>()));
        }

        Line(
            text,
            "images",
            $"{Dataset.Name} {Dataset.Spec.Split} · {Dataset.Count:N0} of {Dataset.Shape} · {Classes()}"
        );
        Line(text, "network", Network());
        Line(text, "normalised", Normalised());
        Line(
            text,
            "speed",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Probe.DrawsPerSecond:N0} draws/s on one processor thread · n = {Sweep.Plan.N:N0} for one image: {Duration(Sweep.Plan.N / Probe.DrawsPerSecond)}"
            )
        );
        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Accuracy on {Probe.Clean.Of} images; chance is {Percent(1.0 / Probe.Classes)}"
        );
        var rows = new List<(string Name, SampleShare Share, double Value, double? Radius)>
        {
            ("without noise", Probe.Clean, Probe.Clean.Value, null),
        };
        rows.AddRange(
            Probe.Noisy.Select(n =>
                ($"{n.Noise} σ {Number(n.Sigma)}", n.Voted, n.Draws.Value, (double?)Attainable(n.Noise, n.Sigma))
            )
        );
        var width = rows.Max(r => r.Name.Length);
        foreach (var (name, share, value, radius) in rows)
        {
            var full = (int)Math.Round(BarWidth * value);
            var (lower, upper) = share.Interval;
            text.Append("  ").Append(name.PadRight(width)).Append("  ");
            text.Append(new string('█', full)).Append(new string('░', BarWidth - full));
            text.Append(CultureInfo.InvariantCulture, $"  {Percent(value), 7}");
            text.Append(
                radius is { } most
                    ? $"  of draws; n = {Sweep.Plan.N:N0} certifies up to r = {Number(most)}"
                    : $"  (95 %: {100 * lower:F0} to {100 * upper:F0} %)"
            );
            text.AppendLine(share.IsNearChance(Probe.Classes) ? "  ← near chance" : "");
        }

        text.AppendLine();
        text.Append(
            CultureInfo.InvariantCulture,
            $"At alpha = {Number(Sweep.Plan.Alpha)} the smallest useful n is {SmallestPlan.Draws(Sweep.Plan)}."
        );
        foreach (var warning in Warnings)
        {
            text.AppendLine().AppendLine().Append("warning: ").Append(warning);
        }

        return text.ToString();
    }

    public JsonObject ToJson() =>
        new()
        {
            ["file"] = File,
            ["format"] = Kind.ToString().ToLowerInvariant(),
            ["sha256"] = Sweep.Models[0].FileHash?.Hex,
            ["key"] = Sweep.Models[0].Key.Hex,
            ["architecture"] = Model.Architecture,
            ["route"] = Probe.Route.ToString().ToLowerInvariant(),
            ["obstacle"] = Probe.Obstacle,
            ["description"] = Described?.Path,
            ["licence"] = Described?.Description.Licence,
            ["training_sigma"] = Described?.Description.TrainingSigma,
            ["mean"] = Array(Probe.Normalization?.Mean),
            ["std"] = Array(Probe.Normalization?.Std),
            ["dataset"] = Dataset.Name,
            ["shape"] = new JsonArray(Dataset.Shape.Channels, Dataset.Shape.Height, Dataset.Shape.Width),
            ["class_names"] = new JsonArray([.. Dataset.ClassNames.Select(name => (JsonNode)name)]),
            ["images"] = Probe.Clean.Of,
            ["accuracy"] = Probe.Clean.Value,
            ["noisy"] = new JsonArray([
                .. Probe.Noisy.Select(n => new JsonObject
                {
                    ["noise"] = n.Noise,
                    ["sigma"] = n.Sigma,
                    ["accuracy"] = n.Draws.Value,
                    ["draws"] = n.Draws.Of,
                    ["near_chance"] = n.Voted.IsNearChance(Probe.Classes),
                    ["largest_radius"] = JsonText.Node(Attainable(n.Noise, n.Sigma)),
                }),
            ]),
            ["draws_per_second"] = Probe.DrawsPerSecond,
            ["smallest_useful_n"] = SmallestPlan.Draws(Sweep.Plan),
            ["better_reading"] = Probe.Better?.Reading.Name,
            ["better_accuracy"] = Probe.Better?.Right.Value,
            ["warnings"] = new JsonArray([.. Warnings.Select(warning => (JsonNode)warning)]),
        };

    private static JsonArray? Array(IReadOnlyList<double>? values) =>
        values is null ? null : new JsonArray([.. values.Select(v => (JsonNode)v)]);

    private static void Line(StringBuilder text, string name, string value) =>
        text.Append(name.PadRight(14)).AppendLine(value);

    private static string? Trained(ModelDescription description) =>
        description.TrainingSigma switch
        {
            null => null,
            0 => "trained without noise",
            { } sigma => $"trained with {description.TrainingNoise ?? "gaussian"} noise of σ {Number(sigma)}",
        };

    private string Classes() =>
        $"{Dataset.Classes} classes: {string.Join(", ", Dataset.ClassNames.Take(10))}{(Dataset.Classes > 10 ? ", …" : "")}";

    private string Network() =>
        (Probe.Route, Kind) switch
        {
            (ClassifierRoute.Program, _) => "the program in the file, as it is",
            (ClassifierRoute.Frozen, _) =>
                "the program in the file, frozen: inlined, batch norm folded, convolutions fused",
            (ClassifierRoute.Onnx, _) => "ONNX Runtime",
            _ => Model.Architecture ?? "named in the file",
        };

    private string Normalised() =>
        Probe.Normalization is { } n
            ? $"mean {string.Join(", ", n.Mean.Select(Number))} · std {string.Join(", ", n.Std.Select(Number))}"
            : "inside the file, or not at all";

    private double Attainable(string noise, double sigma) =>
        NoiseFamilies.Create(noise, sigma) is { CompleteDraws: null } distribution
            ? AttainableRadii.Of(
                Sweep.Plan,
                distribution,
                Dataset.Shape.Dimension,
                Dataset.Classes,
                Dataset.Count,
                Sweep.Sampler
            )
            : double.NaN;

    private static string Duration(double seconds) =>
        seconds < 10
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s")
            : ProgressText.Duration(TimeSpan.FromSeconds(seconds));

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
