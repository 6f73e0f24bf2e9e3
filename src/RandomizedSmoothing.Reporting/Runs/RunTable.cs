using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>A table of runs, as the field prints it.</summary>
public static class RunTable
{
    /// <summary>Certified accuracy of some runs, ordered by data set, model, training sigma and sigma.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="radii">Radii of the columns; empty for about six round ones.</param>
    /// <param name="decimals">Digits after the point; published tables have 2.</param>
    public static AccuracyTable Of(IReadOnlyList<CertifiedRun> runs, IReadOnlyList<double> radii, int decimals)
    {
        var columns =
            radii.Count > 0
                ? radii
                : ReportRadii.Round(runs.Select(r => r.Series("", 0).LargestRadius).DefaultIfEmpty(0).Max());
        var ordered = runs.OrderBy(r => r.Facts.Dataset, StringComparer.Ordinal)
            .ThenBy(r => r.Facts.Model, StringComparer.Ordinal)
            .ThenBy(r => r.Facts.Noise, StringComparer.Ordinal)
            .ThenBy(r => r.Facts.TrainSigma)
            .ThenBy(r => r.Facts.Sigma)
            .ToList();
        List<AccuracyRow> rows = [.. ordered.Select(r => r.Row(columns))];
        return new AccuracyTable
        {
            Radii = columns,
            Rows = rows,
            Decimals = decimals,
            Notes = Notes(ordered, rows),
        };
    }

    private static List<string> Notes(List<CertifiedRun> runs, List<AccuracyRow> rows)
    {
        var notes = new List<string>();
        var alphas = runs.Select(r => r.Facts.Alpha).Distinct().ToList();
        if (alphas.Count > 1)
        {
            notes.Add("The rows were certified at different α, so their radii do not compare exactly.");
        }

        if (runs.Count > 1)
        {
            notes.Add(AccuracyTable.StarNote(rows));
        }

        return notes;
    }
}
