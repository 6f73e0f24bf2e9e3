using System.Globalization;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Preflight;
using RandomizedSmoothing.Models.Sampling;

namespace RandomizedSmoothing.Node.Submission;

/// <summary>One imported model on one data set.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Dataset">Name of the data set.</param>
/// <param name="Probe">What was seen.</param>
public sealed record ModelFinding(string Model, string Dataset, ProbeResult Probe)
{
    /// <summary>What was seen, in a line: accuracy without noise, then under each noise of the sweep.</summary>
    public string Describe()
    {
        static string Percent(SampleShare share) =>
            string.Create(CultureInfo.InvariantCulture, $"{100 * share.Value:0.#} %");
        var noisy = Probe.Noisy.Select(n =>
            string.Create(CultureInfo.InvariantCulture, $", {Percent(n.Draws)} under {n.Noise} σ {n.Sigma:0.####}")
        );
        return $"{Model} on {Dataset}: {Percent(Probe.Clean)} of {Probe.Clean.Of} images right without noise{string.Concat(noisy)}";
    }
}

/// <summary>What a person should know before a sweep spends time.</summary>
/// <param name="Models">The imported models.</param>
/// <param name="Warnings">A sentence or two each.</param>
public sealed record PreflightReport(IReadOnlyList<ModelFinding> Models, IReadOnlyList<string> Warnings);

/// <summary>Looks a sweep over before it runs, for a few seconds a model.</summary>
public sealed class SweepPreflight(DatasetCatalogue catalogue, IArtifactStore artifacts, TimeProvider time)
{
    /// <summary>Looks at the imported models and at what the plan can certify.</summary>
    /// <param name="definition">The resolved sweep.</param>
    /// <param name="wanted">Cells that still need draws; models of no such cell are left out.</param>
    /// <param name="cancellation">Gives up.</param>
    public PreflightReport Run(
        SweepDefinition definition,
        Func<CellDefinition, bool>? wanted = null,
        CancellationToken cancellation = default
    )
    {
        TorchRuntime.PrepareThread();
        var warnings = Radii(definition).ToList();
        var models = new List<ModelFinding>();
        var open = definition.Cells.Where(cell => wanted?.Invoke(cell) != false);
        foreach (var group in open.GroupBy(cell => (cell.Model, cell.Dataset)))
        {
            var cell = group.First();
            var model = definition.ModelOf(cell);
            if (model.FileHash is { } hash)
            {
                var dataset = definition.DatasetOf(cell);
                var noises = group.Select(c => (c.Noise, c.Sigma)).Distinct().ToArray();
                var probe = Probe(
                    model.Spec,
                    artifacts.Find(hash) ?? model.Spec.File!,
                    dataset,
                    definition.Execution,
                    noises,
                    cancellation
                );
                models.Add(new ModelFinding(model.Name, dataset.Name, probe));
                warnings.AddRange([.. Complaints(model.Name, dataset.Name, probe), .. Slower(model.Spec, probe)]);
            }
        }

        return new PreflightReport(models, warnings);
    }

    /// <summary>Looks at one model.</summary>
    /// <exception cref="Core.UserErrorException">It cannot be used.</exception>
    public ProbeResult Probe(
        ModelSpec spec,
        string file,
        DatasetReference dataset,
        ExecutionPlan execution,
        IReadOnlyList<(string Noise, double Sigma)> noises,
        CancellationToken cancellation
    )
    {
        var rows = BatchRows.For(spec, execution);
        using var classifier = ModelLoader.Open(
            file,
            spec,
            new ModelFit(dataset.Shape, dataset.Classes, rows),
            TorchSharp.torch.CPU,
            execution.Precision
        );
        var images = catalogue.Load(dataset.Spec, cancellation: cancellation);
        return new ModelProbe(classifier, images, dataset, rows, time).Run(noises, readings: true, cancellation);
    }

    /// <summary>What is worrying about a model.</summary>
    public static IEnumerable<string> Complaints(string model, string dataset, ProbeResult probe)
    {
        if (probe.Unanswered is [var first, ..])
        {
            yield return $"{model} on {dataset}: NaN or infinite logits for {probe.Unanswered.Count} of {probe.Clean.Of} images, the first of which is "
                + $"image {first}. A sweep gives up the images that it counts together with such a one: mend the model, which may divide by what is 0 there.";
        }

        var chance = Percent(1.0 / probe.Classes);
        if (probe.Better is { } better)
        {
            yield return $"{model} on {dataset}: {Percent(better.Right.Value)} of {better.Right.Of} images are right with {better.Reading.Name}, "
                + $"and {Percent(probe.Clean.Value)} as it is fed now. {Remedy(better.Reading)}";
        }
        else if (probe.Clean.IsNearChance(probe.Classes))
        {
            yield return $"{model} on {dataset}: {Percent(probe.Clean.Value)} of {probe.Clean.Of} images are right without noise, and chance is {chance}. "
                + "Is this its data set, with the classes in its order, and its normalisation?";
        }

        // Under a wrong reading, what noise does says nothing.
        var readable = probe.Better is null && !probe.Clean.IsNearChance(probe.Classes);
        foreach (var noisy in probe.Noisy.Where(n => readable && n.Voted.IsNearChance(probe.Classes)))
        {
            yield return $"{model} on {dataset} under {noisy.Noise} noise of sigma {Number(noisy.Sigma)}: {Percent(noisy.Draws.Value)} of {noisy.Draws.Of} "
                + $"draws are right, and chance is {chance}. The smoothed classifier will be wrong or abstain: use a network that was trained with such "
                + "noise, or smaller sigmas.";
        }
    }

    private static IEnumerable<string> Slower(ModelSpec model, ProbeResult probe) =>
        probe.Obstacle is { } obstacle
            ?
            [
                $"{model.Name}: its program cannot be frozen ({obstacle}). "
                    + (
                        probe.Route == ClassifierRoute.Onnx
                            ? "ONNX Runtime computes it, on the processor"
                            : "It computes as it is"
                    )
                    + ", rightly but more slowly: without that, or as safetensors with the name of its architecture, it would be faster.",
            ]
            : [];

    /// <summary>Radii that are asked for and that no cell can attain.</summary>
    private static IEnumerable<string> Radii(SweepDefinition definition)
    {
        var asked = definition.Report.Radii.Concat(definition.Plan.Radii).DefaultIfEmpty(0).Max();
        foreach (var family in definition.Cells.Where(c => c.Sigma > 0).GroupBy(c => (c.Dataset, c.Noise)))
        {
            var cell = family.MaxBy(c => c.Sigma)!;
            var noise = NoiseFamilies.Create(cell.Noise, cell.Sigma);
            var dataset = definition.DatasetOf(cell);
            if (asked <= 0 || noise.CompleteDraws is not null)
            {
                continue;
            }

            double At(long draws) =>
                AttainableRadii.Of(
                    definition.Plan with
                    {
                        N = draws,
                    },
                    noise,
                    dataset.Shape.Dimension,
                    dataset.Classes,
                    dataset.Count,
                    definition.Sampler
                );
            var most = At(definition.Plan.N);
            if (most < asked)
            {
                var needed = AttainableRadii.DrawsFor(asked, At, definition.Plan.Mode);
                yield return $"The radius {Number(asked)} is asked for, and with n = {definition.Plan.N:N0} and alpha = {Number(definition.Plan.Alpha)} even unanimous "
                    + $"votes under {cell.Noise} noise of sigma {Number(cell.Sigma)} certify at most {Number(most)}. "
                    + (
                        needed is { } n
                            ? $"It needs certify.n of {n:N0} or more, or"
                            : "No affordable n attains it: it needs"
                    )
                    + " a larger sigma.";
            }
        }
    }

    private static string Remedy(InputReading reading)
    {
        static string List(IEnumerable<double> values) => string.Join(", ", values.Select(Number));
        return reading switch
        {
            { Reversed: true } => "Export it with the channels in the order red, green, blue.",
            { Normalization: { } n } =>
                $"Write normalize: {{ mean: [{List(n.Mean)}], std: [{List(n.Std)}] }} with the model, or in its model.yaml.",
            _ => "Remove its normalize.",
        };
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %");

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
