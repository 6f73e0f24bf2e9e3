using System.Collections.Immutable;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>Where one split is to be read from, and what is known of it beforehand.</summary>
/// <param name="Name">Name of the data set.</param>
/// <param name="Split"><c>train</c> or <c>test</c>.</param>
/// <param name="Path">A folder or a file.</param>
/// <param name="ClassNames">Names by label; empty where the data say.</param>
/// <param name="Classes">The number of classes; null where the data or the names say.</param>
internal sealed record DatasetSource(
    string Name,
    string Split,
    string Path,
    ImmutableArray<string> ClassNames,
    int? Classes = null
)
{
    /// <summary><see cref="ClassNames"/>, or numbers where only their number is known.</summary>
    public ImmutableArray<string> Names =>
        ClassNames.IsEmpty && Classes is { } count ? DatasetNames.Numbered(count) : ClassNames;
}

/// <summary>A way in which data sets are stored.</summary>
internal interface IDatasetFormat
{
    /// <summary>The name used in sweep files.</summary>
    string Name { get; }

    /// <summary>Whether the files of the split are there.</summary>
    bool IsPresent(DatasetSource source);

    /// <summary>Reads the split.</summary>
    /// <exception cref="Core.UserErrorException">Something is missing or damaged.</exception>
    ImageDataset Read(DatasetSource source);
}
