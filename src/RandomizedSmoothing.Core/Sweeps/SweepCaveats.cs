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
        ];
}
