using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>
/// <c>manifest.json</c>: everything that is needed to judge the results, to recompute them from the votes and to make them
/// again.
/// </summary>
public sealed record ResultsManifest
{
    /// <summary>The value of <see cref="Format"/> that this program writes.</summary>
    public const string FormatName = "rsmooth-results/1";

    /// <summary>What kind of file this is, and its version.</summary>
    public required string Format { get; init; }

    /// <summary>Id of the sweep.</summary>
    public required SweepId Sweep { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it ended.</summary>
    public required SweepState State { get; init; }

    /// <summary>Root of every noise key and training run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How the noise was made.</summary>
    public required SamplerKind Sampler { get; init; }

    /// <summary>Draws, failure probability, kind of certificate.</summary>
    public required CertificationPlan Certify { get; init; }

    /// <summary>Batch, precision, attempts.</summary>
    public required ExecutionPlan Execution { get; init; }

    /// <summary>Batch shapes that were measured, with the figures that chose them.</summary>
    public IReadOnlyList<BatchChoice> BatchChoices { get; init; } = [];

    /// <summary>Data sets with their digests.</summary>
    public required IReadOnlyList<ManifestDataset> Datasets { get; init; }

    /// <summary>Base classifiers with their digests.</summary>
    public required IReadOnlyList<ModelReference> Models { get; init; }

    /// <summary>The grid.</summary>
    public required IReadOnlyList<ManifestCell> Cells { get; init; }

    /// <summary>What the report shows.</summary>
    public required ReportSpec Report { get; init; }

    /// <summary>Versions, devices, times.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>Seconds between the first start and the last vote.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>Device seconds spent on votes.</summary>
    public required double DeviceSeconds { get; init; }

    /// <summary>What a reader must know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How the numbers of the other files were rounded and which are exact.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The sweep file as text.</summary>
    public required string SweepFile { get; init; }

    /// <summary>The other files of the folder.</summary>
    public required IReadOnlyList<ResultsFile> Files { get; init; }

    /// <summary>The sweep that the manifest describes.</summary>
    /// <param name="datasets">Its data sets with the labels that the votes carry.</param>
    internal SweepDefinition ToSweep(IReadOnlyList<DatasetReference> datasets) =>
        new()
        {
            Id = Sweep,
            Name = Name,
            Seed = Seed,
            Plan = Certify,
            Sampler = Sampler,
            Execution = Execution,
            BatchChoices = BatchChoices,
            Datasets = datasets,
            Models = Models,
            Cells = [.. Cells.Select(c => c.Definition)],
            Report = Report,
            Source = SweepFile,
        };
}
