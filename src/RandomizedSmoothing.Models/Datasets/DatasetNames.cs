using System.Collections.Immutable;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>Class names where a data set brings none.</summary>
internal static class DatasetNames
{
    /// <summary><c>0</c>, <c>1</c>, … as names.</summary>
    public static ImmutableArray<string> Numbered(int classes) =>
        [.. Enumerable.Range(0, classes).Select(label => label.ToString())];
}
