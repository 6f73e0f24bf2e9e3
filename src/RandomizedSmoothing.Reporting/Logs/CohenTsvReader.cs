using System.Globalization;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>
/// Reads certification and prediction logs in the dialects that are found in the wild: columns in any order, any white space,
/// commas or semicolons between them, 3 to 17 significant digits, fixed decimals, CRLF, both time formats, tensors as PyTorch
/// prints them, free text around the table, headers that occur again, missing last line end, empty files, gzip. Damage is
/// described and survived: the readable rows are returned.
/// </summary>
public static class CohenTsvReader
{
    private const int MostLinesBefore = 100;

    private static readonly string[] Required = ["idx", "label", "predict"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be opened, or is no log at all.</exception>
    public static CertificationLog Read(string path)
    {
        return Parse(LogText.Read(path), path);
    }

    /// <summary>Reads the text of a file; <paramref name="path"/> is for messages and for what it says about the run.</summary>
    /// <exception cref="UserErrorException">The text is no log at all.</exception>
    public static CertificationLog Parse(string text, string path)
    {
        var body = Unified(text);
        var lines = body.Split('\n');
        var header = Array.FindIndex(lines, line => line.Trim().Length > 0);
        if (header < 0)
        {
            return new CertificationLog
            {
                Path = path,
                Rows = [],
                IsTruncated = true,
                Diagnoses = [new LogDiagnosis(0, "the file is empty: not even the header was written")],
            };
        }

        header = FindHeader(lines, header, path);
        var separator = LogLine.SeparatorOf(lines[header]);
        var columns = Columns(LogLine.Names(lines[header], separator));
        var reader = new RowReader(columns, separator, endsWithLineEnd: body.EndsWith('\n'), lineCount: lines.Length);
        for (var at = header + 1; at < lines.Length; at++)
        {
            reader.Take(at + 1, lines[at].TrimEnd('\r'));
        }

        return reader.Finish(path);
    }

    /// <summary>Whether a text, of which the end may be cut off, begins as a log does.</summary>
    internal static bool IsLog(string start) => Unified(start).Split('\n').Take(MostLinesBefore).Any(IsHeader);

    // Only where nothing else ends the lines: what scripts print for a screen has carriage returns within them.
    private static string Unified(string text)
    {
        var body = text.TrimStart('\uFEFF');
        return body.Contains('\n') ? body : body.Replace('\r', '\n');
    }

    private static bool IsHeader(string line)
    {
        var names = LogLine.Names(line, LogLine.SeparatorOf(line));
        return Array.TrueForAll(Required, name => names.Contains(name, StringComparer.Ordinal));
    }

    // Scripts print their arguments or warnings before the table.
    private static int FindHeader(string[] lines, int first, string path)
    {
        var found = Array.FindIndex(lines, first, Math.Min(MostLinesBefore, lines.Length - first), IsHeader);
        if (found >= 0)
        {
            return found;
        }

        var names = LogLine.Names(lines[first], LogLine.SeparatorOf(lines[first]));
        var missing = Required.Where(name => !names.Contains(name, StringComparer.Ordinal));
        var shown = lines[first].Trim();
        shown = shown.Length > 60 ? shown[..60] + "…" : shown;
        shown = new string([.. shown.Select(c => char.IsControl(c) && c != '\t' ? '?' : c)]);
        throw new UserErrorException(
            $"'{path}' is no certification log: line {first + 1} should be the header "
                + $"'{CohenTsv.Header.Replace('\t', ' ')}' but reads '{shown}', which lacks "
                + $"{string.Join(", ", missing)}. Give a log as written by certify.py or by this program."
        );
    }

    private static LogColumns Columns(string[] names)
    {
        int Find(string name) => Array.IndexOf(names, name);
        return new LogColumns(
            names.Length,
            Find("idx"),
            Find("label"),
            Find("predict"),
            Find("radius"),
            Find("correct"),
            Find("time")
        )
        {
            OtherRadius = Array.Find(names, n => n.Contains("radi", StringComparison.OrdinalIgnoreCase)),
        };
    }
}
