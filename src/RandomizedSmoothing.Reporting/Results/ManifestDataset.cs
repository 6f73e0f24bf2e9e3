using System.Collections.Immutable;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>A data set in the manifest.</summary>
public sealed record ManifestDataset
{
    /// <summary>Name in the sweep.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of pixels and labels of the split.</summary>
    public required ContentHash Hash { get; init; }

    /// <summary>Where it was read from.</summary>
    public required DatasetSpec Spec { get; init; }

    /// <summary>Shape of an image.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>Class names in label order.</summary>
    public required ImmutableArray<string> ClassNames { get; init; }

    /// <summary>Every step-th image was selected.</summary>
    public required int Step { get; init; }

    /// <summary>Images selected.</summary>
    public required int Images { get; init; }

    /// <summary>Describes a data set; the labels go with the votes.</summary>
    internal static ManifestDataset Of(DatasetReference dataset) =>
        new()
        {
            Name = dataset.Name,
            Hash = dataset.Hash,
            Spec = dataset.Spec,
            Shape = dataset.Shape,
            ClassNames = dataset.ClassNames,
            Step = dataset.Step,
            Images = dataset.Count,
        };

    /// <summary>The data set again, with the labels that its votes carry.</summary>
    internal DatasetReference ToReference(ImmutableArray<int> labels) =>
        new()
        {
            Name = Name,
            Hash = Hash,
            Spec = Spec,
            Shape = Shape,
            ClassNames = ClassNames,
            Step = Step,
            Labels = labels,
        };
}
