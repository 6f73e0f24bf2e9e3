using System.Text;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>How headings and tables look in one form of text.</summary>
internal interface ITextForm
{
    /// <summary>End of a line that must stay a line.</summary>
    string LineEnd { get; }

    /// <summary>A heading with the room around it.</summary>
    string Heading(string text);

    /// <summary>A table; the first column is text, the others numbers.</summary>
    string Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows);
}

/// <summary>Aligned text.</summary>
internal sealed class GridForm : ITextForm
{
    public string LineEnd => "\n";

    public string Heading(string text) => $"\n{text}\n\n";

    public string Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.Prepend(headers).ToList();
        var widths = headers.Select((_, at) => all.Max(r => r[at].Length)).ToList();
        var text = new StringBuilder();
        for (var row = 0; row < all.Count; row++)
        {
            var cells = all[row].Select((cell, at) => at == 0 ? cell.PadRight(widths[at]) : cell.PadLeft(widths[at]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
            if (row == 0)
            {
                text.Append(string.Join("  ", widths.Select(w => new string('─', w)))).Append('\n');
            }
        }

        return text.ToString();
    }
}

/// <summary>Markdown.</summary>
internal sealed class MarkdownForm : ITextForm
{
    public string LineEnd => "  \n";

    public string Heading(string text) => $"\n### {text}\n\n";

    public string Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        text.Append("| ").Append(string.Join(" | ", headers)).Append(" |\n| ");
        text.Append(string.Join(" | ", headers.Select((_, at) => at == 0 ? ":---" : "---:"))).Append(" |\n");
        foreach (var row in rows)
        {
            var cells = row.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal));
            text.Append("| ").Append(string.Join(" | ", cells)).Append(" |\n");
        }

        return text.ToString();
    }
}
