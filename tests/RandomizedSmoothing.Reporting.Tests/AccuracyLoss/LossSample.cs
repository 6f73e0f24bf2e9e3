using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Tests.AccuracyLoss;

/// <summary>A sweep over training and test sigmas with given votes.</summary>
internal static class LossSample
{
    public const long Draws = 1000;

    private static readonly DatasetReference Dataset = new()
    {
        Name = "shapes",
        Hash = SampleSweep.Hash("shapes"),
        Spec = new DatasetSpec { Name = "shapes" },
        Shape = new ImageShape(1, 4, 4),
        ClassNames = ["circle", "square", "cross"],
        Step = 1,
        Labels = [],
    };

    /// <param name="labels">The label of each image.</param>
    /// <param name="cells">Training sigma (null: imported), noise, sigma.</param>
    /// <param name="votes">The votes of an image in a cell, <see cref="Draws"/> or, without noise, one.</param>
    public static SweepResults Of(
        int[] labels,
        IReadOnlyList<(double? Train, string Noise, double Sigma)> cells,
        Func<(double? Train, string Noise, double Sigma), int, long[]> votes,
        CertifiedImages estimated = CertifiedImages.All
    )
    {
        var dataset = Dataset with { Labels = [.. labels] };
        var models = cells.Select(c => c.Train).Distinct().Select(t => Model(t, dataset)).ToList();
        var definitions = cells.Select(c => Cell(c, dataset, models)).ToList();
        var counted = cells.Zip(
            definitions,
            (cell, definition) =>
                new CellVotes(
                    definition,
                    dataset,
                    [.. labels.Select((label, at) => Image(at, label, cell.Sigma, votes(cell, at)))]
                )
        );
        return new SweepResults
        {
            Sweep = new SweepDefinition
            {
                Id = new SweepId("loss-1"),
                Name = "loss",
                Seed = 1,
                Plan = new CertificationPlan
                {
                    N0 = 100,
                    N = Draws,
                    Images = estimated,
                },
                Execution = new ExecutionPlan(),
                Datasets = [dataset],
                Models = models,
                Cells = definitions,
            },
            Votes = [.. counted],
            Environment = SampleSweep.Create().Environment,
        };
    }

    /// <summary>Pixels in which images of one label are equal and labels lie far apart.</summary>
    public static byte[] Pixels(DatasetReference dataset, int index) =>
        [.. Enumerable.Repeat((byte)(100 * dataset.Labels[index]), dataset.Shape.Dimension)];

    private static ImageVotes Image(int at, int label, double sigma, long[] counts)
    {
        var votes = new VoteCounts(counts);
        var selection = new long[counts.Length];
        selection[votes.TopClass] = sigma > 0 && votes.Total > 0 ? 100 : 0;
        return new ImageVotes(at, label, new VoteCounts(selection), votes, 0);
    }

    private static ModelReference Model(double? train, DatasetReference dataset)
    {
        var key = SampleSweep.Hash(FormattableString.Invariant($"net@{train}"));
        var spec = new ModelSpec { Name = "net", Architecture = "lenet" };
        return new ModelReference
        {
            Key = key,
            Name = "net",
            Spec = spec,
            Training = train is not { } sigma
                ? null
                : new TrainingTask
                {
                    Key = key,
                    Dataset = dataset.Spec with { Split = "train" },
                    DatasetHash = dataset.Hash,
                    Architecture = "lenet",
                    Recipe = new TrainSpec(),
                    Sigma = sigma,
                    Seed = 1,
                },
        };
    }

    private static CellDefinition Cell(
        (double? Train, string Noise, double Sigma) cell,
        DatasetReference dataset,
        List<ModelReference> models
    )
    {
        var id = Grid.IdOf("shapes", "net", cell.Train, cell.Noise, cell.Sigma);
        return new CellDefinition
        {
            Id = id,
            VoteKey = SampleSweep.Hash(id.Value),
            Dataset = dataset.Hash,
            Model = models.Single(m => m.Training?.Sigma == cell.Train).Key,
            TrainSigma = cell.Train,
            Noise = cell.Noise,
            Sigma = cell.Sigma,
        };
    }
}
