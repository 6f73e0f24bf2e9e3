using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Output;

/// <summary>
/// Rows under named columns, printed in any <see cref="OutputFormat"/>. A cell is null, text, a bool, or a number; numbers are
/// printed in invariant culture with round-trip digits, right-aligned in tables.
/// </summary>
/// <param name="columns">Column names: headers of the text forms, field names of the JSON form.</param>
public sealed class RowTable(params string[] columns)
{
    private readonly List<object?[]> _rows = [];

    /// <summary>Adds one row, a value per column.</summary>
    public RowTable Add(params object?[] cells)
    {
        if (cells.Length != columns.Length)
        {
            throw new ArgumentException($"{cells.Length} cells under {columns.Length} columns.", nameof(cells));
        }

        _rows.Add(cells);
        return this;
    }

    /// <summary>Prints all rows.</summary>
    public void Write(TextWriter output, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(ToJson().ToJsonString(JsonText.Indented));
                break;
            case OutputFormat.Csv:
                WriteLines(output, [columns, .. Texts()], cells => string.Join(',', cells.Select(CsvCell)));
                break;
            case OutputFormat.Md:
                WriteMarkdown(output);
                break;
            case OutputFormat.Latex:
                WriteLatex(output);
                break;
            default:
                WriteAligned(output);
                break;
        }
    }

    /// <summary>The rows as an array of objects.</summary>
    public JsonArray ToJson()
    {
        var array = new JsonArray();
        foreach (var row in _rows)
        {
            var item = new JsonObject();
            for (var column = 0; column < columns.Length; column++)
            {
                item[columns[column]] = JsonText.Node(row[column]);
            }

            array.Add(item);
        }

        return array;
    }

    private IEnumerable<string[]> Texts() => _rows.Select(row => row.Select(Text).ToArray());

    private static string Text(object? cell) =>
        cell switch
        {
            null => "",
            bool flag => flag ? "yes" : "no",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => cell.ToString() ?? "",
        };

    private void WriteAligned(TextWriter output)
    {
        var texts = Texts().ToList();
        var widths = columns.Select((name, c) => texts.Select(t => t[c].Length).Append(name.Length).Max()).ToArray();
        var numeric = columns
            .Select((_, c) => _rows.Count > 0 && _rows.All(r => r[c] is null or (IFormattable and not Enum)))
            .ToArray();
        foreach (var line in texts.Prepend(columns))
        {
            var text = new StringBuilder();
            for (var c = 0; c < line.Length; c++)
            {
                text.Append(numeric[c] ? line[c].PadLeft(widths[c]) : line[c].PadRight(widths[c]));
                text.Append("  ");
            }

            output.WriteLine(text.ToString().TrimEnd());
        }
    }

    private void WriteMarkdown(TextWriter output)
    {
        string Line(IEnumerable<string> cells) =>
            "| " + string.Join(" | ", cells.Select(c => c.Replace("|", "\\|"))) + " |";
        output.WriteLine(Line(columns));
        output.WriteLine(Line(columns.Select(_ => "---")));
        WriteLines(output, Texts(), Line);
    }

    private void WriteLatex(TextWriter output)
    {
        output.WriteLine($"\\begin{{tabular}}{{{new string('l', columns.Length)}}}");
        output.WriteLine("\\toprule");
        output.WriteLine(string.Join(" & ", columns.Select(LatexCell)) + " \\\\");
        output.WriteLine("\\midrule");
        WriteLines(output, Texts(), cells => string.Join(" & ", cells.Select(LatexCell)) + " \\\\");
        output.WriteLine("\\bottomrule");
        output.WriteLine("\\end{tabular}");
    }

    private static void WriteLines(TextWriter output, IEnumerable<string[]> lines, Func<string[], string> format)
    {
        foreach (var line in lines)
        {
            output.WriteLine(format(line));
        }
    }

    private static string CsvCell(string text) =>
        text.AsSpan().IndexOfAny("\",\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string LatexCell(string text)
    {
        var escaped = new StringBuilder();
        foreach (var character in text)
        {
            escaped.Append(
                character switch
                {
                    '&' or '%' or '$' or '#' or '_' or '{' or '}' => $"\\{character}",
                    '~' => "\\textasciitilde{}",
                    '^' => "\\textasciicircum{}",
                    '\\' => "\\textbackslash{}",
                    _ => character.ToString(),
                }
            );
        }

        return escaped.ToString();
    }
}
