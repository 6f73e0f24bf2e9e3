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
        var rows = Tell(ordered, [.. ordered.Select(r => r.Row(columns))]);
        return new AccuracyTable
        {
            Radii = columns,
            Rows = rows,
            Decimals = decimals,
            Notes = Notes(ordered, rows),
        };
    }

    // Rows of which the same is known, such as repeated runs, by the shortest end of their path that tells them apart.
    private static List<AccuracyRow> Tell(List<CertifiedRun> runs, List<AccuracyRow> rows)
    {
        var alike = rows.Select((row, at) => (Row: row, At: at))
            .GroupBy(r =>
                (r.Row.Dataset, r.Row.Model, r.Row.Noise, r.Row.TrainSigma, r.Row.Sigma, r.Row.N, r.Row.Alpha)
            )
            .Where(group => group.Skip(1).Any());
        foreach (var group in alike)
        {
            var sources = group.Select(r => runs[r.At].Source.Replace('\\', '/').Split('/')).ToList();
            var length = 1;
            while (
                length < sources.Max(s => s.Length)
                && sources.Select(s => End(s, length)).Distinct().Count() < sources.Count
            )
            {
                length++;
            }

            foreach (var ((_, at), source) in group.Zip(sources))
            {
                rows[at] = rows[at] with { Run = End(source, length) };
            }
        }

        return rows;
    }

    private static string End(string[] segments, int length) =>
        string.Join('/', segments.Skip(Math.Max(0, segments.Length - length)));

    private static List<string> Notes(List<CertifiedRun> runs, List<AccuracyRow> rows)
    {
        var notes = new List<string>();
        if (runs.Any(r => !r.HasRadii))
        {
            notes.Add("A prediction log has no radii: it says only which classes were right, at r = 0.");
        }

        var alphas = runs.Where(r => r.HasRadii).Select(r => r.Facts.Alpha).Distinct().ToList();
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
