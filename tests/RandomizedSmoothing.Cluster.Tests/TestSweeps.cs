using System.Globalization;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>Small sweeps over an imaginary data set.</summary>
internal static class TestSweeps
{
    public const int Classes = 4;

    public static SweepDefinition Sweep(
        string id = "sweep-1",
        int cells = 2,
        int images = 20,
        long n0 = 10,
        long n = 200,
        int? shardImages = 4,
        int priority = 0,
        int maxAttempts = 3,
        bool trained = false,
        string voteSalt = "",
        int step = 3
    )
    {
        var dataset = new DatasetReference
        {
            Name = "imaginary",
            Hash = Hash("dataset"),
            Spec = new DatasetSpec { Name = "imaginary" },
            Shape = new ImageShape(1, 8, 8),
            ClassNames = [.. Enumerable.Range(0, Classes).Select(c => c.ToString(CultureInfo.InvariantCulture))],
            Step = step,
            Labels = [.. Enumerable.Range(0, images).Select(i => i % Classes)],
        };
        var models = Enumerable.Range(0, cells).Select(i => Model(i, trained)).ToList();
        return new SweepDefinition
        {
            Id = new SweepId(id),
            Name = id,
            Seed = 7,
            Priority = priority,
            Plan = new CertificationPlan
            {
                N0 = n0,
                N = n,
                Radii = [0.25, 0.5],
            },
            Execution = new ExecutionPlan { ShardImages = shardImages, MaxAttempts = maxAttempts },
            Datasets = [dataset],
            Models = models,
            Cells =
            [
                .. Enumerable
                    .Range(0, cells)
                    .Select(i => new CellDefinition
                    {
                        Id = new CellId($"imaginary/model{i}@0.25/gaussian/0.{i + 1}"),
                        VoteKey = Hash($"votes{voteSalt}-{i}"),
                        Dataset = dataset.Hash,
                        Model = models[i].Key,
                        TrainSigma = 0.25,
                        Noise = "gaussian",
                        Sigma = Math.Min(20, (i + 1) / 10.0),
                    }),
            ],
            Source = "name: imaginary\n",
        };
    }

    public static ContentHash Hash(string text) =>
        new(
            Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))
            )
        );

    /// <summary>The votes that every device must count: a pure function of vote key, image, stream and draw.</summary>
    public static VoteCounts Votes(ContentHash voteKey, int image, DrawStream stream, long draws)
    {
        var counts = new long[Classes];
        var root = Mix(
            ulong.Parse(voteKey.Hex[..16], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                ^ ((ulong)image << 8)
                ^ (ulong)stream
        );
        for (long draw = 0; draw < draws; draw++)
        {
            var noise = Mix(root + (ulong)draw);
            counts[noise % 3 == 0 ? (int)((noise >> 8) % Classes) : image % Classes]++;
        }

        return new VoteCounts(counts);
    }

    private static ModelReference Model(int index, bool trained)
    {
        var spec = new ModelSpec { Name = $"model{index}", Architecture = "small-conv" };
        if (!trained)
        {
            return new ModelReference
            {
                Key = Hash($"model{index}"),
                Name = spec.Name,
                Spec = spec,
                FileHash = Hash($"file{index}"),
            };
        }

        var task = new TrainingTask
        {
            Key = Hash($"training{index}"),
            Dataset = new DatasetSpec { Name = "imaginary", Split = "train" },
            DatasetHash = Hash("train"),
            Architecture = "small-conv",
            Recipe = new TrainSpec { Options = new Dictionary<string, double> { ["lambda"] = 0.1 } },
            Sigma = 0.25,
            Seed = 7,
        };
        return new ModelReference
        {
            Key = task.Key,
            Name = spec.Name,
            Spec = spec,
            Training = task,
        };
    }

    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x += 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
