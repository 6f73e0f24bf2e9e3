using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>The result in a sentence or two, made from the table: what leads at radius 0, and what leads further out.</summary>
public static class Finding
{
    /// <summary>The sentences; one per data set and norm.</summary>
    public static string Of(AccuracyTable table)
    {
        if (table.Rows.Count == 0 || table.Rows.All(r => r.Images == 0))
        {
            return "No image is finished yet.";
        }

        var groups = table
            .Rows.Where(r => r.Images > 0 && (r.Sigma is not 0 || table.Rows.All(other => other.Sigma is 0)))
            .ToLookup(r => (r.Dataset, r.Norm));
        return string.Join(
            " ",
            groups.Take(3).Select(g => OfGroup(table, [.. g], groups.Count(o => o.Key.Dataset == g.Key.Dataset) > 1))
        );
    }

    private static string OfGroup(AccuracyTable table, List<AccuracyRow> rows, bool hasNorms)
    {
        var first = rows.MaxBy(r => r.Accuracies[0])!;
        var far = Enumerable
            .Range(1, Math.Max(0, table.Radii.Count - 1))
            .Select(column => (Column: column, Row: rows.MaxBy(r => r.Accuracies[column])!))
            .LastOrDefault(best => best.Row.Accuracies[best.Column] >= 0.1);
        var start =
            table.Radii[0] == 0 ? "is right on" : $"is certified at radius {TableLayout.Number(table.Radii[0])} on";
        var text =
            $"On {first.Dataset}, {Name(first, rows, hasNorms)} {start} {HtmlText.Percent(first.Accuracies[0])} of {HtmlText.Count(first.Images)} images";
        if (far.Row is null)
        {
            var rest =
                first.NotEstimated > 0
                    ? $"; {HtmlText.Percent(first.NotEstimated)} are not estimated, as they cannot be right"
                    : "";
            return $"{text} and abstains on {HtmlText.Percent(first.Abstained)}{rest}.";
        }

        var reach =
            $"{HtmlText.Percent(far.Row.Accuracies[far.Column])} at {SweepTable.NormName([far.Row.Norm])} radius {TableLayout.Number(table.Radii[far.Column])}";
        return ReferenceEquals(far.Row, first)
            ? $"{text}, provably so for {reach}."
            : $"{text}; {Name(far.Row, rows, hasNorms)} holds out furthest, provably right on {reach}.";
    }

    private static string Name(AccuracyRow row, List<AccuracyRow> rows, bool hasNorms)
    {
        var text = rows.Select(r => r.Model).Distinct().Skip(1).Any() ? row.Model + " smoothed with" : "smoothing with";
        if (hasNorms || rows.Select(r => r.Noise).Distinct().Skip(1).Any())
        {
            text += " " + row.Noise;
        }

        return row.Sigma is { } sigma ? $"{text} σ = {TableLayout.Number(sigma)}" : text + " its noise";
    }
}
