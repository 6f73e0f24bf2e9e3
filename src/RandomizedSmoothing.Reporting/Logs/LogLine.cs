using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>Splits the lines of logs into fields.</summary>
internal static partial class LogLine
{
    /// <summary>
    /// What separates the columns of a header: a comma or semicolon where it has one, else tabs where these alone do; null for any white
    /// space.
    /// </summary>
    public static char? SeparatorOf(string header) =>
        header.Contains(',', StringComparison.Ordinal) ? ','
        : header.Contains(';', StringComparison.Ordinal) ? ';'
        : Names(header, '\t') is { Length: > 1 } names && names.Contains("idx", StringComparer.Ordinal) ? '\t'
        : null;

    /// <summary>
    /// The names of a header's columns in lower case, the usual ones as Cohen et al. have them: NumPy writes <c># idx</c>, others
    /// <c>prediction</c>.
    /// </summary>
    public static string[] Names(string header, char? separator)
    {
        var names = Fields(header.TrimStart(' ', '#'), separator).Select(Name).ToList();
        while (names is [_, .., ""])
        {
            names.RemoveAt(names.Count - 1);
        }

        return [.. names];
    }

    private static string Name(string text) =>
        text.ToLowerInvariant() switch
        {
            "index" => "idx",
            "pred" or "prediction" or "predicted" => "predict",
            var name => name,
        };

    /// <summary>
    /// The fields of a line, without the white space and quotation marks around them. <c>tensor(3, device='cuda:0')</c> is 3, and a duration of days,
    /// <c>1 day, 2:03:04</c>, one field.
    /// </summary>
    public static string[] Fields(string line, char? separator)
    {
        var plain = line.Replace("\"", "", StringComparison.Ordinal);
        plain = plain.Contains('(', StringComparison.Ordinal) ? WrappedNumber().Replace(plain, "$1") : plain;
        var fields = separator is { } mark
            ? plain.Split(mark, StringSplitOptions.TrimEntries)
            : plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return separator is null ? JoinWords(fields) : JoinDays(fields);
    }

    // "1", "day,", "2:03:04"
    private static string[] JoinWords(string[] fields)
    {
        var day = Array.FindIndex(fields, f => f is "day," or "days,");
        return day < 1 || day + 1 >= fields.Length
            ? fields
            : [.. fields[..(day - 1)], string.Join(' ', fields[(day - 1)..(day + 2)]), .. fields[(day + 2)..]];
    }

    // "1 day", "2:03:04"
    private static string[] JoinDays(string[] fields)
    {
        var day = Array.FindIndex(
            fields,
            f => f.EndsWith(" day", StringComparison.Ordinal) || f.EndsWith(" days", StringComparison.Ordinal)
        );
        return day < 0 || day + 1 >= fields.Length
            ? fields
            : [.. fields[..day], $"{fields[day]}, {fields[day + 1]}", .. fields[(day + 2)..]];
    }

    [GeneratedRegex(@"\b(?:tensor|np\.\w+)\(([^(),]*)(?:,[^()]*)?\)")]
    private static partial Regex WrappedNumber();
}
