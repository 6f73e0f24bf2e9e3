using System.Runtime.CompilerServices;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Reporting.Tables;

/// <summary>One smoothed classifier on one data set: a row of a table of certified accuracy.</summary>
public sealed record AccuracyRow
{
    /// <summary>Data set.</summary>
    public required string Dataset { get; init; }

    /// <summary>Base classifier.</summary>
    public required string Model { get; init; }

    /// <summary>Where the row comes from, where nothing else tells it from another row; else empty.</summary>
    public string Run { get; init; } = "";

    /// <summary>Standard deviation of its training noise; null when imported.</summary>
    public double? TrainSigma { get; init; }

    /// <summary>Noise family.</summary>
    public string Noise { get; init; } = "gaussian";

    /// <summary>Norm of the radii; null where a log does not say.</summary>
    public Norm? Norm { get; init; }

    /// <summary>Standard deviation of the smoothing noise; null where a log does not say.</summary>
    public double? Sigma { get; init; }

    /// <summary>Certified accuracy at each radius of the table, in [0, 1]; NaN where a log without radii does not say.</summary>
    public required IReadOnlyList<double> Accuracies { get; init; }

    /// <summary>Share of abstentions, in [0, 1].</summary>
    public double Abstained { get; init; }

    /// <summary>Share of images certified for a wrong class, in [0, 1].</summary>
    public double Wrong { get; init; }

    /// <summary>Share of images that the plan left out, because their selected class is not the label, in [0, 1].</summary>
    public double NotEstimated { get; init; }

    /// <summary>Average certified radius: mean over all images of the radius where correct, else 0.</summary>
    public double? AverageRadius { get; init; }

    /// <summary>Mean draws per finished image, both streams; null where unknown.</summary>
    public double? MeanDraws { get; init; }

    /// <summary>Finished images.</summary>
    public int Images { get; init; }

    /// <summary>Images asked for.</summary>
    public int Planned { get; init; }

    /// <summary>Estimation draws per image, at most; null where unknown.</summary>
    public long? N { get; init; }

    /// <summary>Failure probability per image; null where unknown.</summary>
    public double? Alpha { get; init; }

    /// <summary>Whether images are missing.</summary>
    public bool IsProvisional => Images < Planned;
}

/// <summary>
/// Certified accuracy at chosen radii, one row for each smoothed classifier. In each column the best of every data set and norm
/// is marked: all rows that share the largest value, none where it is 0.
/// </summary>
public sealed record AccuracyTable
{
    // Beside the record, so that it is no part of what makes tables equal, and other rows have figures of their own.
    private static readonly ConditionalWeakTable<
        IReadOnlyList<AccuracyRow>,
        Dictionary<(string, Norm?), double[]>
    > LargestByGroup = [];

    /// <summary>The radii of the columns, ascending.</summary>
    public required IReadOnlyList<double> Radii { get; init; }

    /// <summary>The rows, in the order they are shown.</summary>
    public required IReadOnlyList<AccuracyRow> Rows { get; init; }

    /// <summary>Norm of the radii, as <c>ℓ2</c>; of rows with several <c>ℓ2/ℓ1</c>.</summary>
    public string Norm => SweepTable.NormName([.. Rows.Select(r => r.Norm).Distinct()]);

    /// <summary>Digits after the point of certified accuracies in text forms.</summary>
    public int Decimals { get; init; } = 3;

    /// <summary>Whether the columns after the radii (abstained, wrong, ACR) are shown.</summary>
    public bool ShowSummary { get; init; } = true;

    /// <summary>Whether some row has images that are not estimated.</summary>
    public bool HasNotEstimated => Rows.Any(r => r.NotEstimated > 0);

    /// <summary>Sentences under the table.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether a value is the best of its column among the rows of its data set and norm.</summary>
    public bool IsBest(int row, int column)
    {
        var value = Rows[row].Accuracies[column];
        var largest = LargestByGroup.GetValue(Rows, Largest)[(Rows[row].Dataset, Rows[row].Norm)];
        return value > 0 && value >= largest[column];
    }

    // The largest value of every column among the rows of a data set and norm; what is not a number is smaller than all.
    private static Dictionary<(string, Norm?), double[]> Largest(IReadOnlyList<AccuracyRow> rows) =>
        rows.GroupBy(row => (row.Dataset, row.Norm))
            .ToDictionary(
                group => group.Key,
                group =>
                    group
                        .Select(row => row.Accuracies)
                        .Aggregate(
                            Enumerable.Repeat(double.NegativeInfinity, group.First().Accuracies.Count).ToArray(),
                            (largest, values) => [.. largest.Zip(values, double.MaxNumber)]
                        )
            );

    /// <summary>What the stars of some rows say.</summary>
    internal static string StarNote(IReadOnlyList<AccuracyRow> rows)
    {
        string[] groups =
        [
            .. rows.Select(r => r.Dataset).Distinct().Skip(1).Take(1).Select(_ => "data set"),
            .. rows.Select(r => r.Norm).Distinct().Skip(1).Take(1).Select(_ => "norm"),
        ];
        return "A star marks the best of its column"
            + (groups.Length > 0 ? $" for each {string.Join(" and ", groups)}." : ".");
    }
}
