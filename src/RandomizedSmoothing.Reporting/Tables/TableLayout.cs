using System.Globalization;
using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Reporting.Tables;

/// <summary>One cell of a laid-out table.</summary>
/// <param name="Text">What it says.</param>
/// <param name="IsBest">Whether it is marked as the best of its column.</param>
public readonly record struct TableCell(string Text, bool IsBest = false);

/// <summary>
/// An accuracy table as text cells: what all rows share goes into the caption, what differs becomes a column. All text
/// renderers (grid, Markdown, LaTeX, HTML) draw this.
/// </summary>
public sealed class TableLayout
{
    private TableLayout(
        string caption,
        IReadOnlyList<string> headers,
        int keyColumns,
        IReadOnlyList<IReadOnlyList<TableCell>> rows,
        IReadOnlyList<string> notes
    )
    {
        Caption = caption;
        Headers = headers;
        KeyColumns = keyColumns;
        Rows = rows;
        Notes = notes;
    }

    /// <summary>One sentence above the table.</summary>
    public string Caption { get; }

    /// <summary>Column heads.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>How many columns at the left name the row; the others are numbers.</summary>
    public int KeyColumns { get; }

    /// <summary>The cells, row by row.</summary>
    public IReadOnlyList<IReadOnlyList<TableCell>> Rows { get; }

    /// <summary>Sentences under the table.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Lays a table out.</summary>
    public static TableLayout Of(AccuracyTable table)
    {
        var keys = Keys(table);
        var varying = keys.Where(k => k.Values.Distinct().Skip(1).Any()).ToList();
        if (varying.Count == 0)
        {
            varying = [keys[^1]];
        }

        // With a fixed number of draws the caption says it all.
        var showDraws =
            table.Rows.Select(r => r.MeanDraws).OfType<double>().Distinct().Skip(1).Any() || HasStops(table);
        var showNotEstimated = table.HasNotEstimated;
        var headers = new List<string>(varying.Select(k => k.Name));
        headers.AddRange(table.Radii.Select(r => "r = " + Number(r)));
        if (table.ShowSummary)
        {
            headers.AddRange(["abstained", "wrong"]);
            if (showNotEstimated)
            {
                headers.Add("not estimated");
            }

            headers.Add("ACR");
            if (showDraws)
            {
                headers.Add("draws");
            }

            headers.Add("images");
        }

        var rows = new List<IReadOnlyList<TableCell>>();
        for (var at = 0; at < table.Rows.Count; at++)
        {
            var row = table.Rows[at];
            var cells = new List<TableCell>(varying.Select(k => new TableCell(k.Values[at])));
            for (var column = 0; column < table.Radii.Count; column++)
            {
                cells.Add(Share(row, row.Accuracies[column], table, table.IsBest(at, column)));
            }

            if (table.ShowSummary)
            {
                cells.Add(Share(row, row.Abstained, table));
                cells.Add(Share(row, row.Wrong, table));
                if (showNotEstimated)
                {
                    cells.Add(Share(row, row.NotEstimated, table));
                }

                cells.Add(new TableCell(row.AverageRadius is { } acr ? PythonText.Fixed(acr, 3) : "–"));
                if (showDraws)
                {
                    cells.Add(
                        new TableCell(
                            row.MeanDraws is { } draws ? draws.ToString("N0", CultureInfo.InvariantCulture) : "–"
                        )
                    );
                }

                cells.Add(new TableCell(Images(row)));
            }

            rows.Add(cells);
        }

        return new TableLayout(CaptionOf(table, keys, varying), headers, varying.Count, rows, AllNotes(table));
    }

    /// <summary>A number as short as it can be said: round-trip digits.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    // No image is no share of them, and not a share of 0.
    private static TableCell Share(AccuracyRow row, double value, AccuracyTable table, bool isBest = false) =>
        row.Images == 0 || double.IsNaN(value)
            ? new TableCell("–")
            : new TableCell(PythonText.Fixed(value, table.Decimals), isBest);

    private static bool HasStops(AccuracyTable table) => table.Rows.Any(r => r.MeanDraws < r.N);

    private static string Images(AccuracyRow row) =>
        row.IsProvisional
            ? string.Create(CultureInfo.InvariantCulture, $"{row.Images} of {row.Planned}")
            : row.Images.ToString(CultureInfo.InvariantCulture);

    private static List<(string Name, List<string> Values)> Keys(AccuracyTable table) =>
        [
            ("data set", [.. table.Rows.Select(r => r.Dataset)]),
            ("model", [.. table.Rows.Select(r => r.Model)]),
            ("noise", [.. table.Rows.Select(r => r.Noise)]),
            ("norm", [.. table.Rows.Select(r => SweepTable.NormName([r.Norm]))]),
            ("n", [.. table.Rows.Select(r => r.N is { } n ? n.ToString(CultureInfo.InvariantCulture) : "?")]),
            ("α", [.. table.Rows.Select(r => r.Alpha is { } alpha ? Number(alpha) : "?")]),
            ("trained at σ", [.. table.Rows.Select(TrainText)]),
            ("run", [.. table.Rows.Select(r => r.Run)]),
            ("σ", [.. table.Rows.Select(r => r.Sigma is { } sigma ? Number(sigma) : "?")]),
        ];

    // A model trained at the cell's own sigma is the usual case and not worth a column.
    private static string TrainText(AccuracyRow row) =>
        row.TrainSigma is not { } train ? ""
        : train == row.Sigma ? "same"
        : Number(train);

    private static string CaptionOf(
        AccuracyTable table,
        List<(string Name, List<string> Values)> keys,
        List<(string Name, List<string> Values)> varying
    )
    {
        var constant = keys.Where(k => k.Name != "norm" && varying.All(v => v.Name != k.Name) && k.Values.Count > 0)
            .Where(k => k.Values[0] is not "?" and not "")
            .Select(k =>
                k.Name switch
                {
                    "data set" or "model" => k.Values[0],
                    "noise" => k.Values[0] + " noise",
                    "trained at σ" => k.Values[0] == "same" ? "trained at the same σ" : "trained at σ = " + k.Values[0],
                    _ => $"{k.Name} = {k.Values[0]}",
                }
            )
            .ToList();
        var text =
            table.Norm == "?" ? "Certified accuracy at radius r" : $"Certified accuracy at {table.Norm} radius r";
        return constant.Count == 0 ? text : $"{text}: {string.Join(", ", constant)}";
    }

    private static List<string> AllNotes(AccuracyTable table)
    {
        var notes = new List<string>();
        var gaps = table.Rows.Count(r => r.IsProvisional);
        if (gaps > 0)
        {
            notes.Add(
                $"Provisional: {gaps} of {table.Rows.Count} rows rest on the images finished so far, as their last column says."
            );
        }

        notes.AddRange(table.Notes);
        return notes;
    }
}
