using System.Text;

namespace RandomizedSmoothing.Reporting.Tables;

/// <summary>
/// An accuracy table in the forms that people read: aligned text, Markdown, LaTeX. The best of a column is starred (text), bold
/// and starred (Markdown) or bold (LaTeX).
/// </summary>
public static class TableText
{
    // Of a terminal of 80 columns, half for names.
    private const int LongestName = 40;

    /// <summary>Aligned columns for a terminal; long names lose their middle where they still differ.</summary>
    public static string Grid(AccuracyTable table)
    {
        var layout = TableLayout.Of(table);
        var room = layout.Headers.Select((_, at) => StarRoom(layout, at)).ToList();
        var cells = layout.Rows.Select(r => r.Select((c, at) => c.Text + (c.IsBest ? "*" : room[at])).ToList());
        var rows = new List<List<string>> { layout.Headers.Select((h, at) => h + room[at]).ToList() };
        rows.AddRange(cells);
        for (var key = 0; key < layout.KeyColumns; key++)
        {
            Shorten(rows, key);
        }

        var widths = Enumerable.Range(0, layout.Headers.Count).Select(at => rows.Max(r => r[at].Length)).ToList();
        var text = new StringBuilder();
        text.Append(layout.Caption).Append("\n\n");
        for (var row = 0; row < rows.Count; row++)
        {
            var line = rows[row]
                .Select((cell, at) => IsKey(layout, at) ? cell.PadRight(widths[at]) : cell.PadLeft(widths[at]));
            text.Append(string.Join("  ", line).TrimEnd()).Append('\n');
            if (row == 0)
            {
                text.Append(string.Join("  ", widths.Select(w => new string('─', w)))).Append('\n');
            }
        }

        return Finish(text, layout.Notes);
    }

    /// <summary>A Markdown table.</summary>
    public static string Markdown(AccuracyTable table)
    {
        var layout = TableLayout.Of(table);
        var text = new StringBuilder();
        text.Append(layout.Caption).Append("\n\n");
        text.Append("| ").Append(string.Join(" | ", layout.Headers)).Append(" |\n");
        var rules = layout.Headers.Select((_, at) => IsKey(layout, at) ? ":---" : "---:");
        text.Append("| ").Append(string.Join(" | ", rules)).Append(" |\n");
        foreach (var row in layout.Rows)
        {
            var cells = row.Select(c =>
                c.IsBest ? $"**{c.Text}***" : c.Text.Replace("|", "\\|", StringComparison.Ordinal)
            );
            text.Append("| ").Append(string.Join(" | ", cells)).Append(" |\n");
        }

        return Finish(text, layout.Notes);
    }

    /// <summary>A LaTeX tabular (packages: booktabs), its caption and notes as comments.</summary>
    public static string Latex(AccuracyTable table)
    {
        var layout = TableLayout.Of(table);
        var text = new StringBuilder();
        text.Append("% ").Append(layout.Caption).Append('\n');
        foreach (var note in layout.Notes)
        {
            text.Append("% ").Append(note.Replace("A star marks", "Bold marks", StringComparison.Ordinal)).Append('\n');
        }

        var columns = string.Concat(layout.Headers.Select((_, at) => IsKey(layout, at) ? 'l' : 'r'));
        text.Append("\\begin{tabular}{").Append(columns).Append("}\n\\toprule\n");
        text.Append(string.Join(" & ", layout.Headers.Select(Head))).Append(" \\\\\n\\midrule\n");
        foreach (var row in layout.Rows)
        {
            var cells = row.Select(c => c.IsBest ? $"\\textbf{{{Escape(c.Text)}}}" : Escape(c.Text));
            text.Append(string.Join(" & ", cells)).Append(" \\\\\n");
        }

        return text.Append("\\bottomrule\n\\end{tabular}\n").ToString();
    }

    private static void Shorten(List<List<string>> rows, int column)
    {
        var names = rows.Select(r => r[column]).ToList();
        var shorter = names.ConvertAll(name =>
            name.Length <= LongestName ? name : name[..(LongestName / 2)] + "…" + name[^(LongestName / 2 - 1)..]
        );
        if (shorter.Distinct().Count() < names.Distinct().Count())
        {
            return;
        }

        for (var row = 0; row < rows.Count; row++)
        {
            rows[row][column] = shorter[row];
        }
    }

    private static bool IsKey(TableLayout layout, int column) => column < layout.KeyColumns;

    // A column that has a star somewhere keeps room for it, so that the digits stay aligned.
    private static string StarRoom(TableLayout layout, int column) => layout.Rows.Any(r => r[column].IsBest) ? " " : "";

    private static string Finish(StringBuilder text, IReadOnlyList<string> notes)
    {
        foreach (var note in notes)
        {
            text.Append('\n').Append(note).Append('\n');
        }

        return text.ToString();
    }

    private static string Head(string text) =>
        text.StartsWith("r = ", StringComparison.Ordinal) ? $"${text}$" : Escape(text);

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            escaped.Append(
                c switch
                {
                    '&' or '%' or '$' or '#' or '_' or '{' or '}' => "\\" + c,
                    '~' => "\\textasciitilde{}",
                    '^' => "\\textasciicircum{}",
                    '\\' => "\\textbackslash{}",
                    'σ' => "$\\sigma$",
                    'α' => "$\\alpha$",
                    'ℓ' => "$\\ell$",
                    '–' => "--",
                    _ => c.ToString(),
                }
            );
        }

        return escaped.ToString();
    }
}
