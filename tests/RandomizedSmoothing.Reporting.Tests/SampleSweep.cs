using System.Security.Cryptography;
using System.Text;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Tests;

/// <summary>A small sweep with made-up votes: the same at every call.</summary>
internal static class SampleSweep
{
    public const int Images = 60;
    public const int Classes = 4;

    private static readonly double[] Sigmas = [0.25, 0.5];

    /// <summary>Votes of a sweep of some models at two sigmas; the last <paramref name="unfinished"/> images have none.</summary>
    public static SweepResults Create(int unfinished = 0, long n = 1000, params string[] models)
    {
        var names = models.Length == 0 ? ["lenet"] : models;
        var labels = Enumerable.Range(0, Images).Select(i => i * 7 % Classes).ToList();
        var dataset = new DatasetReference
        {
            Name = "shapes",
            Hash = Hash("shapes"),
            Spec = new DatasetSpec
            {
                Name = "shapes",
                Format = "idx",
                Path = "/data/shapes",
            },
            Shape = new ImageShape(1, 4, 4),
            ClassNames = ["circle", "square", "cross", "star"],
            Step = 5,
            Labels = [.. labels],
        };
        var references = new List<ModelReference>();
        var cells = new List<CellDefinition>();
        var votes = new List<CellVotes>();
        foreach (var name in names)
        {
            foreach (var sigma in Sigmas)
            {
                var model = Model(name, sigma, dataset);
                references.Add(model);
                var cell = new CellDefinition
                {
                    Id = new CellId(FormattableString.Invariant($"shapes/{name}@{sigma}/gaussian/{sigma}")),
                    VoteKey = Hash("votes" + name + sigma),
                    Dataset = dataset.Hash,
                    Model = model.Key,
                    TrainSigma = sigma,
                    Noise = "gaussian",
                    Sigma = sigma,
                };
                cells.Add(cell);
                var images = labels.Select(
                    (label, at) => Image(at, label, sigma, n, name, done: at < Images - unfinished)
                );
                votes.Add(new CellVotes(cell, dataset, [.. images]));
            }
        }

        var sweep = new SweepDefinition
        {
            Id = new SweepId("shapes-1"),
            Name = "shapes",
            Seed = 18446744073709551615,
            Plan = new CertificationPlan { N = n },
            Execution = new ExecutionPlan { BatchSize = 64 },
            Datasets = [dataset],
            Models = references,
            Cells = cells,
            Report = new ReportSpec { Radii = [0, 0.25, 0.5, 1] },
            Source = "name: shapes\nsigmas: [0.25, 0.5]\n",
        };
        return new SweepResults
        {
            Sweep = sweep,
            Votes = votes,
            Environment = new RunEnvironment
            {
                ProductVersion = "1.2.3",
                StartedAt = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero),
                FinishedAt = new DateTimeOffset(2025, 1, 2, 3, 5, 5, TimeSpan.Zero),
                Runtime = ".NET 10",
                OperatingSystem = "Linux",
                Machine = "2 cores",
                Libraries = new Dictionary<string, string> { ["libtorch"] = "2.10.0" },
                Devices = [new DeviceDescription("cpu:0", "cpu", "a processor")],
                Models = [.. references.Select(r => new ModelArtifact(r.Key, Hash("file" + r.Key), 0.9, 12.5))],
                Command = "rsmooth run shapes.yaml",
            },
        };
    }

    /// <summary>The sweep with a plan that estimates correct images only, and every third image labelled as another class.</summary>
    public static SweepResults PartlyEstimated()
    {
        var results = Create();
        var plan = results.Sweep.Plan with { Images = CertifiedImages.Correct };
        return results with
        {
            Sweep = results.Sweep with { Plan = plan },
            Votes = [.. results.Votes.Select(v => v with { Images = [.. v.Images.Select(Relabelled)] })],
        };

        static ImageVotes Relabelled(ImageVotes image, int at) =>
            at % 3 != 0
                ? image
                : image with
                {
                    Label = (image.Selection.TopClass + 1) % Classes,
                    Estimation = VoteCounts.None(Classes),
                };
    }

    public static ContentHash Hash(string text) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    private static ModelReference Model(string name, double sigma, DatasetReference dataset)
    {
        var key = Hash(FormattableString.Invariant($"{name}@{sigma}"));
        var spec = new ModelSpec
        {
            Name = name,
            Architecture = "lenet",
            Train = new TrainSpec { Options = new Dictionary<string, double> { ["lambda"] = 5 } },
        };
        return new ModelReference
        {
            Key = key,
            Name = name,
            Spec = spec,
            Training = new TrainingTask
            {
                Key = key,
                Dataset = dataset.Spec with { Split = "train" },
                DatasetHash = Hash("train"),
                Architecture = "lenet",
                Recipe = spec.Train,
                Sigma = sigma,
                Seed = 7,
            },
        };
    }

    // Margins fall evenly from sure to hopeless, so that every outcome occurs: right, wrong, abstained.
    private static ImageVotes Image(int at, int label, double sigma, long n, string model, bool done)
    {
        var margin = 3.2 - 3.6 * ((at * 37 + model.Length) % Images) / Images - sigma;
        var share = NormalDistribution.Cdf(margin);
        var selection = done ? Votes(label, share, 100) : VoteCounts.None(Classes);
        var estimation = done ? Votes(label, share, n) : VoteCounts.None(Classes);
        return new ImageVotes(at * 5, label, selection, estimation, done ? 0.125 * (at + 1) : 0);
    }

    private static VoteCounts Votes(int label, double share, long draws)
    {
        var counts = new long[Classes];
        counts[label] = (long)Math.Round(draws * share);
        var rest = draws - counts[label];
        counts[(label + 1) % Classes] += rest - rest / 4;
        counts[(label + 2) % Classes] += rest / 4;
        return new VoteCounts(counts);
    }
}
