using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// A sweep made concrete: every data set and model file found and hashed, the grid expanded. This, not the sweep file, is what
/// the cluster runs and the ledger stores.
/// </summary>
public sealed record SweepDefinition
{
    // Beside the records, so that it is no part of what makes them equal, and every list has an index of its own.
    private static readonly ConditionalWeakTable<
        IReadOnlyList<CellDefinition>,
        Dictionary<CellId, CellDefinition>
    > CellsById = [];

    /// <summary>The id in the ledger.</summary>
    public required SweepId Id { get; init; }

    /// <summary>The name given in the file.</summary>
    public required string Name { get; init; }

    /// <summary>Root of every noise key.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Higher goes first.</summary>
    public int Priority { get; init; }

    /// <summary>Draws and certificate.</summary>
    public required CertificationPlan Plan { get; init; }

    /// <summary>Sampler of all cells.</summary>
    public SamplerKind Sampler { get; init; }

    /// <summary>Batches, precision, attempts.</summary>
    public required ExecutionPlan Execution { get; init; }

    /// <summary>Test images by data set name.</summary>
    public required IReadOnlyList<DatasetReference> Datasets { get; init; }

    /// <summary>Base classifiers by key.</summary>
    public required IReadOnlyList<ModelReference> Models { get; init; }

    /// <summary>The grid.</summary>
    public required IReadOnlyList<CellDefinition> Cells { get; init; }

    /// <summary>Measured batch shapes; none where the sweep file or the architecture says.</summary>
    public IReadOnlyList<BatchChoice> BatchChoices { get; init; } = [];

    /// <summary>What reports show.</summary>
    public ReportSpec Report { get; init; } = new();

    /// <summary>The sweep file as text, for the manifest.</summary>
    public string Source { get; init; } = "";

    /// <summary>The data set of a cell.</summary>
    public DatasetReference DatasetOf(CellDefinition cell) =>
        FindDatasetOf(cell) ?? throw new InvalidOperationException($"The data set of the cell '{cell.Id}' is missing.");

    /// <summary>The data set of a cell, or null where the definition lacks it.</summary>
    public DatasetReference? FindDatasetOf(CellDefinition cell) =>
        Datasets.FirstOrDefault(d => cell.IsOf(d.Name, d.Hash));

    /// <summary>The base classifier of a cell.</summary>
    public ModelReference ModelOf(CellDefinition cell) => Models.First(m => m.Key == cell.Model);

    /// <summary>The cell of this id, or null.</summary>
    public CellDefinition? FindCell(CellId id) =>
        CellsById
            .GetValue(Cells, static cells => cells.DistinctBy(cell => cell.Id).ToDictionary(cell => cell.Id))
            .GetValueOrDefault(id);

    /// <summary>
    /// Whether a stored sweep is this one, whatever their ids and texts: what an earlier version did not record does not tell them
    /// apart.
    /// </summary>
    public bool IsSameAs(SweepDefinition stored)
    {
        var comparable = this with
        {
            Id = stored.Id,
            Source = "",
            Models =
            [
                .. Models.Select(
                    (m, i) => stored.Models.ElementAtOrDefault(i) is { Route: null } ? m with { Route = null } : m
                ),
            ],
            Cells =
            [
                .. Cells.Select(
                    (c, i) =>
                        stored.Cells.ElementAtOrDefault(i) is { BatchRows: null } ? c with { BatchRows = null } : c
                ),
            ],
        };
        return SweepDefinitionJson.Write(comparable) == SweepDefinitionJson.Write(stored with { Source = "" });
    }
}

/// <summary>
/// A selection of images of one split of a data set, found and hashed. Images are addressed by their index in the split
/// (<c>image index</c>, what certificates print) or by their position in the selection (<c>ordinal</c>, what shards use):
/// index = ordinal × <see cref="Step"/>.
/// </summary>
public sealed record DatasetReference
{
    /// <summary>Name in the sweep.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of the pixels and labels of the whole split, in the canonical 8-bit form.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>How to find the files again: the specification they were read with.</summary>
    public required DatasetSpec Spec { get; init; }

    /// <summary>Channels, height, width.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>Class names, in label order.</summary>
    public required ImmutableArray<string> ClassNames { get; init; }

    /// <summary>Every step-th image is selected.</summary>
    public required int Step { get; init; }

    /// <summary>The labels of the selected images, by ordinal.</summary>
    public required ImmutableArray<int> Labels { get; init; }

    /// <summary>The number of selected images.</summary>
    public int Count => Labels.Length;

    /// <summary>The number of classes.</summary>
    public int Classes => ClassNames.Length;

    /// <summary>The image index of an ordinal.</summary>
    public int IndexOf(int ordinal) => ordinal * Step;

    /// <summary>The ordinal of an image index of the selection.</summary>
    public int OrdinalOf(int index) => index / Step;
}

/// <summary>Shape of one image, channels first.</summary>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>Number of coordinates, the d of the formulas.</summary>
    public int Dimension => Channels * Height * Width;

    /// <inheritdoc />
    public override string ToString() => $"{Channels}×{Height}×{Width}";
}

/// <summary>A base classifier: its key is the digest of whatever determines its weights (file bytes, or training inputs).</summary>
public sealed record ModelReference
{
    /// <summary>Digest of the file and its normalisation (imported) or of the training inputs (trained).</summary>
    public required ContentHash Key { get; init; }

    /// <summary>Name in the sweep.</summary>
    public required string Name { get; init; }

    /// <summary>The specification it came from.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>What to train; null for an imported file.</summary>
    public TrainingTask? Training { get; init; }

    /// <summary>Digest of the imported file; null for a model that is trained.</summary>
    public ContentHash? FileHash { get; init; }

    /// <summary>What computes its logits; null in definitions of earlier versions.</summary>
    public ClassifierRoute? Route { get; init; }
}

/// <summary>One training run: the same task gives the same weights on the same kind of device.</summary>
public sealed record TrainingTask
{
    /// <summary>Digest of the fields below; the artifact's name.</summary>
    public required ContentHash Key { get; init; }

    /// <summary>Where the training split is found.</summary>
    public required DatasetSpec Dataset { get; init; }

    /// <summary>Digest of the training split.</summary>
    public required ContentHash DatasetHash { get; init; }

    /// <summary>Named architecture.</summary>
    public required string Architecture { get; init; }

    /// <summary>Recipe and hyper-parameters.</summary>
    public required TrainSpec Recipe { get; init; }

    /// <summary>Noise family of the augmentation.</summary>
    public string Noise { get; init; } = "gaussian";

    /// <summary>Standard deviation of the training noise, ≥ 0.</summary>
    public required double Sigma { get; init; }

    /// <summary>Seed of initialisation, order and noise.</summary>
    public required ulong Seed { get; init; }
}

/// <summary>One cell of the grid: one smoothed classifier on one data set.</summary>
public sealed record CellDefinition
{
    /// <summary><c>dataset/model@trainSigma/noise/sigma</c>.</summary>
    public required CellId Id { get; init; }

    /// <summary>
    /// Digest of everything that determines a vote of this cell: data set, model key, noise, sigma, seed, sampler, precision,
    /// batch shape. Votes are stored under it, so cells of different sweeps with the same key share them.
    /// </summary>
    public required ContentHash VoteKey { get; init; }

    /// <summary>Hash of the data set.</summary>
    public required ContentHash Dataset { get; init; }

    /// <summary>Key of the base classifier.</summary>
    public required ContentHash Model { get; init; }

    /// <summary>Training sigma of the base classifier; null when imported.</summary>
    public double? TrainSigma { get; init; }

    /// <summary>Noise family name.</summary>
    public required string Noise { get; init; }

    /// <summary>Per-coordinate standard deviation in [0,1] pixel units.</summary>
    public required double Sigma { get; init; }

    /// <summary>Rows of the canonical batch; null in definitions of earlier versions, where the architecture says.</summary>
    public int? BatchRows { get; init; }

    /// <summary>Whether it is a cell of this data set: two selections of the same images have one hash and two names.</summary>
    public bool IsOf(string dataset, ContentHash hash) =>
        hash == Dataset && Id.Value.StartsWith(dataset + "/", StringComparison.Ordinal);
}
