using System.Globalization;
using System.Text;

namespace RandomizedSmoothing.Node.Operations.Answers;

/// <summary>Answers as people read them: aligned columns, numbers with unit prefixes, invariant culture.</summary>
public static class TextRendering
{
    /// <summary>The lines of a block.</summary>
    public static IEnumerable<string> Lines(AnswerBlock block) =>
        block switch
        {
            AnswerNote note => note.Text.Split('\n'),
            AnswerLine line => [line.Text],
            AnswerFields fields => Fields(fields),
            AnswerTable { Rows.IsEmpty: true } table => [table.WhenEmpty],
            AnswerTable table => Table(table),
            _ => throw new ArgumentException($"{block.GetType().Name} has no text form.", nameof(block)),
        };

    /// <summary>A value as people read it.</summary>
    public static string Text(object? value, AnswerForm form = AnswerForm.Plain) =>
        value switch
        {
            null => "–",
            string text => text,
            bool flag => flag ? "yes" : "no",
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            IEnumerable<string> texts => texts.Any() ? string.Join(", ", texts) : "–",
            double number when !double.IsFinite(number) => "–",
            IConvertible number when form != AnswerForm.Plain => Scaled(
                number.ToDouble(CultureInfo.InvariantCulture),
                form
            ),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };

    /// <summary>A count with a unit prefix: 950, 12.3 k, 1.20 M.</summary>
    public static string Count(double value)
    {
        var (scaled, suffix) = Math.Abs(value) switch
        {
            >= 1e12 => (value / 1e12, " T"),
            >= 1e9 => (value / 1e9, " G"),
            >= 1e6 => (value / 1e6, " M"),
            >= 1e4 => (value / 1e3, " k"),
            _ => (value, ""),
        };
        var format =
            suffix.Length == 0 || scaled >= 100 ? "0"
            : scaled >= 10 ? "0.0"
            : "0.00";
        return scaled.ToString(format, CultureInfo.InvariantCulture) + suffix;
    }

    /// <summary>Hours, minutes and seconds, as 1:02:03 or 0:42; days before them where there are any.</summary>
    public static string Duration(TimeSpan duration)
    {
        var clock = FormattableString.Invariant($"{duration.Minutes}:{duration.Seconds:00}");
        if (duration.TotalHours >= 1)
        {
            clock = FormattableString.Invariant($"{duration.Hours}:{duration.Minutes:00}:{duration.Seconds:00}");
        }

        return duration.TotalDays >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalDays} d {clock}")
            : clock;
    }

    private static string Scaled(double number, AnswerForm form) =>
        form switch
        {
            AnswerForm.Count => Count(number),
            AnswerForm.Rate => $"{Count(number)}/s",
            AnswerForm.Duration => Duration(TimeSpan.FromSeconds(number)),
            _ => number.ToString("0.0 %", CultureInfo.InvariantCulture),
        };

    /// <summary>A JSON name as people read it: <c>drawsPerSecond</c> becomes <c>draws per second</c>.</summary>
    /// <remarks>A duration reads <c>1:02:03</c>, so its title names no seconds.</remarks>
    public static string Title(string name, AnswerForm form = AnswerForm.Plain)
    {
        const string Unit = "Seconds";
        var title = new StringBuilder();
        foreach (
            var c in form == AnswerForm.Duration && name.EndsWith(Unit, StringComparison.Ordinal)
                ? name[..^Unit.Length]
                : name
        )
        {
            if (char.IsAsciiLetterUpper(c))
            {
                title.Append(' ');
            }

            title.Append(char.ToLowerInvariant(c));
        }

        return title.ToString();
    }

    private static IEnumerable<string> Fields(AnswerFields fields)
    {
        var width = fields.Values.Max(v => Title(v.Name, v.Form).Length);
        return fields.Values.Select(v => $"{Title(v.Name, v.Form).PadRight(width)}  {Text(v.Value, v.Form)}");
    }

    private static IEnumerable<string> Table(AnswerTable table)
    {
        var rows = table
            .Rows.Select(row => row.Select((value, c) => Text(value, table.Columns[c].Form)).ToArray())
            .Prepend([.. table.Columns.Select(c => Title(c.Name, c.Form))])
            .ToList();
        var widths = table.Columns.Select((_, c) => rows.Max(row => row[c].Length)).ToArray();
        var numeric = table
            .Columns.Select(
                (_, c) =>
                    table.Rows.Any(row => row[c] is not null)
                    && table.Rows.All(row => row[c] is null or int or long or double)
            )
            .ToArray();
        return rows.Select(row =>
            string.Join("  ", row.Select((text, c) => numeric[c] ? text.PadLeft(widths[c]) : text.PadRight(widths[c])))
                .TrimEnd()
        );
    }
}
