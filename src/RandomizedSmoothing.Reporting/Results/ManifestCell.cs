using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>A cell in the manifest.</summary>
public sealed record ManifestCell
{
    /// <summary>The cell.</summary>
    public required CellDefinition Definition { get; init; }

    /// <summary>Its certification log within the folder.</summary>
    public required string Certificates { get; init; }

    /// <summary>Images asked for.</summary>
    public required int Images { get; init; }

    /// <summary>Images finished.</summary>
    public required int Finished { get; init; }

    /// <summary>Draws counted, both streams.</summary>
    public required long Draws { get; init; }

    /// <summary>Describes a cell.</summary>
    internal static ManifestCell Of(CellReport cell) =>
        new()
        {
            Definition = cell.Cell,
            Certificates = ResultsFolder.CertificatesName(cell.Cell),
            Images = cell.Planned,
            Finished = cell.Certificates.Count,
            Draws = cell.Votes.Images.Sum(i => i.Selection.Total + i.Estimation.Total),
        };
}
