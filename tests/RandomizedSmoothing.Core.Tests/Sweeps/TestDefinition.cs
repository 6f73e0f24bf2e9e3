using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

/// <summary>Makes definitions out of specifications, with digests of names in place of digests of files.</summary>
internal static class TestDefinition
{
    public const int Images = 20;

    public static SweepDefinition Of(SweepSpec spec, string data = "d", string weights = "w")
    {
        var datasets = spec
            .Datasets.Select(d => new DatasetReference
            {
                Name = d.Name,
                Hash = Hash(d.Name + data),
                Spec = d,
                Shape = new ImageShape(1, 8, 8),
                ClassNames = ["zero", "one", "tw\"ø"],
                Step = d.Skip,
                Labels = [.. Enumerable.Range(0, Math.Min(d.Max ?? Images, Images)).Select(i => i % 3)],
            })
            .ToList();
        var cells = Grid.Expand(spec).Select(c => (Cell: c, Model: Model(c, weights))).ToList();
        return new SweepDefinition
        {
            Id = SweepIds.For(spec.Name),
            Name = spec.Name,
            Seed = spec.Seed,
            Priority = spec.Priority,
            Plan = spec.Certify,
            Sampler = spec.Sampler,
            Execution = spec.Execution,
            Datasets = datasets,
            Models = [.. cells.Select(c => c.Model).DistinctBy(m => m.Key)],
            Cells = [.. cells.Select(c => Cell(spec, c.Cell, datasets, c.Model))],
            Report = spec.Report,
            Source = "name: \"σ\"\n",
        };
    }

    public static CellVotes Votes(
        SweepDefinition sweep,
        CellDefinition cell,
        Func<int, (long Selection, long Estimation)> draws
    )
    {
        var data = sweep.DatasetOf(cell);
        return new CellVotes(
            cell,
            data,
            [
                .. data.Labels.Select(
                    (label, ordinal) =>
                        new ImageVotes(
                            data.IndexOf(ordinal),
                            label,
                            new VoteCounts(draws(ordinal).Selection, 0, 0),
                            new VoteCounts(draws(ordinal).Estimation, 0, 0),
                            0
                        )
                ),
            ]
        );
    }

    private static ModelReference Model(GridCell cell, string weights)
    {
        var key = Hash($"{cell.Model.Name}@{cell.TrainSigma}/{cell.TrainNoise}/{weights}");
        return new ModelReference
        {
            Key = key,
            Name = cell.Model.Name,
            Spec = cell.Model,
            FileHash = cell.TrainSigma is null ? Hash(weights) : null,
            Training = cell.TrainSigma is not { } sigma
                ? null
                : new TrainingTask
                {
                    Key = key,
                    Dataset = cell.Dataset with { Split = "train" },
                    DatasetHash = Hash("train"),
                    Architecture = cell.Model.Architecture!,
                    Recipe = cell.Model.Train!,
                    Noise = cell.TrainNoise!,
                    Sigma = sigma,
                    Seed = 5,
                },
        };
    }

    private static CellDefinition Cell(
        SweepSpec spec,
        GridCell cell,
        List<DatasetReference> datasets,
        ModelReference model
    )
    {
        var data = datasets.Single(d => d.Name == cell.Dataset.Name).Hash;
        var (execution, noise) = (spec.Execution, cell.Noise);
        return new CellDefinition
        {
            Id = cell.Id,
            VoteKey = VoteKeys.Compute(
                data,
                model.Key,
                noise,
                cell.Sigma,
                spec.Seed,
                spec.Sampler,
                execution.Precision,
                execution.BatchSize
            ),
            Dataset = data,
            Model = model.Key,
            TrainSigma = cell.TrainSigma,
            Noise = noise,
            Sigma = cell.Sigma,
            BatchRows = execution.BatchSize,
        };
    }

    private static ContentHash Hash(string text) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
}
