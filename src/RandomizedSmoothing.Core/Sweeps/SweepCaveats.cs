namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>What every reader of a sweep's results has to know, whoever saw the messages when it was started.</summary>
public static class SweepCaveats
{
    /// <summary>The caveats of a sweep, a sentence or two each; they follow from its definition alone.</summary>
    public static IReadOnlyList<string> Of(SweepDefinition sweep) =>
        [
            .. sweep
                .Cells.Select(cell => (Data: sweep.FindDatasetOf(cell), sweep.ModelOf(cell).Training))
                .Where(pair => pair.Data is { } data && pair.Training?.DatasetHash == data.Hash)
                .Select(pair => pair.Data!.Name)
                .Distinct(StringComparer.Ordinal)
                .Select(name =>
                    $"The networks for {name} are trained on the very images that are certified: accuracies and radii say nothing of new images."
                ),
            .. sweep.Datasets.Select(OfChoice).OfType<string>().Distinct(StringComparer.Ordinal),
        ];

    /// <summary>
    /// Says so where the chosen images have less than half of the classes that as many images drawn at random would have; null
    /// where they do not.
    /// </summary>
    public static string? OfChoice(DatasetReference dataset)
    {
        var present = dataset.Labels.Distinct().Count();
        var expected = dataset.Classes * (1 - Math.Pow(1 - 1.0 / dataset.Classes, dataset.Count));
        var isOne = present == 1 && dataset.Classes > 1 && dataset.Count >= 10;
        return isOne || 2 * present < expected
            ? $"The {dataset.Count} images of {dataset.Name} that are certified have only {present} of its {dataset.Classes} classes, as the first images "
                + "of files that are sorted by class: accuracies and radii say nothing of the others. Take every skip-th image of all "
                + "(datasets[].skip) rather than the first."
            : null;
    }
}
