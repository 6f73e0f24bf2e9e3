using System.Globalization;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>
/// Reads certification and prediction logs in the dialects that are found in the wild: columns in any order and any white
/// space between them, 3 to 17 significant digits, fixed decimals, CRLF, both time formats, free text after the table,
/// missing last line end, empty files. Damage is described and survived: the readable rows are returned.
/// </summary>
public static class CohenTsvReader
{
    private static readonly string[] Required = ["idx", "label", "predict", "correct"];

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">The file cannot be opened, or is no log at all.</exception>
    public static CertificationLog Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read the certification log '{path}': {error.Message} Check the path and its permissions.",
                error
            );
        }

        return Parse(text, path);
    }

    /// <summary>Reads the text of a file; <paramref name="path"/> is for messages and for what it says about the run.</summary>
    /// <exception cref="UserErrorException">The text is no log at all.</exception>
    public static CertificationLog Parse(string text, string path)
    {
        var body = text.TrimStart('\uFEFF');
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

        var columns = Columns(lines[header], path, header + 1);
        var reader = new RowReader(columns, endsWithLineEnd: body.EndsWith('\n'), lineCount: lines.Length);
        for (var at = header + 1; at < lines.Length; at++)
        {
            reader.Take(at + 1, lines[at].TrimEnd('\r'));
        }

        return reader.Finish(path);
    }

    private static LogColumns Columns(string line, string path, int number)
    {
        var names = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var missing = Required.Where(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (missing.Count > 0)
        {
            var shown = line.Trim();
            shown = shown.Length > 60 ? shown[..60] + "…" : shown;
            shown = new string([.. shown.Select(c => char.IsControl(c) && c != '\t' ? '?' : c)]);
            throw new UserErrorException(
                $"'{path}' is no certification log: line {number} should be the header "
                    + $"'{CohenTsv.Header.Replace('\t', ' ')}' but reads '{shown}', which lacks "
                    + $"{string.Join(", ", missing)}. Give a log as written by certify.py or by this program."
            );
        }

        int Find(string name) => Array.FindIndex(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        return new LogColumns(
            names.Length,
            Find("idx"),
            Find("label"),
            Find("predict"),
            Find("radius"),
            Find("correct"),
            Find("time")
        );
    }
}

/// <summary>Positions of the columns; −1 where a column is absent.</summary>
internal sealed record LogColumns(int Count, int Index, int Label, int Predict, int Radius, int Correct, int Time);

/// <summary>Collects rows, notes and diagnoses line by line.</summary>
internal sealed class RowReader(LogColumns columns, bool endsWithLineEnd, int lineCount)
{
    private readonly List<LogRow> _rows = [];
    private readonly List<LogDiagnosis> _diagnoses = [];
    private readonly List<(int Line, string Text, string Problem)> _pending = [];
    private readonly HashSet<int> _seen = [];
    private readonly RadiusDigitsEstimate _digits = new();
    private bool _truncated;

    public void Take(int number, string line)
    {
        if (line.Trim().Length == 0)
        {
            return;
        }

        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        fields = JoinDays(fields);
        if (Parse(fields, out var row, out var problem))
        {
            FlushPendingAsDamage();
            Add(number, row!, fields);
        }
        else if (number == lineCount && !endsWithLineEnd && LooksCut(fields))
        {
            FlushPendingAsDamage();
            _truncated = true;
            _diagnoses.Add(
                new LogDiagnosis(
                    number,
                    $"the file ends in the middle of a row ({fields.Length} of {columns.Count} columns); the row is left out"
                )
            );
        }
        else
        {
            _pending.Add((number, line, problem));
        }
    }

    public CertificationLog Finish(string path)
    {
        if (_rows.Count == 0 && _pending.Count == 0 && !_truncated)
        {
            _truncated = true;
            _diagnoses.Add(new LogDiagnosis(0, "the file holds the header and no row"));
        }

        var notes = _pending.Where(p => !LooksLikeRow(p.Text)).Select(p => p.Text.Trim()).ToList();
        _pending.RemoveAll(p => !LooksLikeRow(p.Text));
        FlushPendingAsDamage();
        return new CertificationLog
        {
            Path = path,
            Kind = columns.Radius < 0 ? LogKind.Predict : LogKind.Certify,
            Rows = _rows,
            RadiusDigits = _digits.Estimate(),
            IsTruncated = _truncated,
            Notes = notes,
            Diagnoses = [.. _diagnoses.OrderBy(d => d.Line)],
        };
    }

    // Lines that are no rows are free text after the table, unless rows follow.
    private void FlushPendingAsDamage()
    {
        foreach (var (line, _, problem) in _pending)
        {
            _diagnoses.Add(new LogDiagnosis(line, $"{problem}; the row is left out"));
        }

        _pending.Clear();
    }

    private void Add(int number, LogRow row, string[] fields)
    {
        if (!_seen.Add(row.Index))
        {
            _diagnoses.Add(new LogDiagnosis(number, $"image {row.Index} occurs again; the first row is kept"));
            return;
        }

        if (row.Correct != (row.Predicted == row.Label))
        {
            _diagnoses.Add(
                new LogDiagnosis(
                    number,
                    $"correct says {(row.Correct ? 1 : 0)} but label is {row.Label} and predict is {row.Predicted}; the classes are believed"
                )
            );
            row = row with { Correct = row.Predicted == row.Label };
        }

        if (row.Abstained && row.Radius != 0)
        {
            _diagnoses.Add(new LogDiagnosis(number, "an abstention carries a radius; it is taken as 0"));
            row = row with { Radius = 0 };
        }

        if (columns.Radius >= 0 && !row.Abstained)
        {
            _digits.Add(fields[columns.Radius]);
        }

        _rows.Add(row);
    }

    private bool Parse(string[] fields, out LogRow? row, out string problem)
    {
        row = null;
        if (fields.Length != columns.Count)
        {
            problem = $"{fields.Length} columns where the header has {columns.Count}";
            return false;
        }

        double radius = 0;
        var time = TimeSpan.Zero;
        if (!Whole(fields[columns.Index], out var index) || index < 0)
        {
            problem = $"idx '{fields[columns.Index]}' is no image index";
        }
        else if (!Whole(fields[columns.Label], out var label) || label < 0)
        {
            problem = $"label '{fields[columns.Label]}' is no class";
        }
        else if (!Whole(fields[columns.Predict], out var predicted) || predicted < -1)
        {
            problem = $"predict '{fields[columns.Predict]}' is no class and not -1";
        }
        else if (columns.Radius >= 0 && !IsRadius(fields[columns.Radius], out radius))
        {
            problem = $"radius '{fields[columns.Radius]}' is no number of at least 0";
        }
        else if (!IsFlag(fields[columns.Correct], out var correct))
        {
            problem = $"correct '{fields[columns.Correct]}' is neither 0 nor 1";
        }
        else if (columns.Time >= 0 && !PythonText.TryParseDuration(fields[columns.Time], out time))
        {
            problem = $"time '{fields[columns.Time]}' is neither H:MM:SS.ffffff nor seconds";
        }
        else
        {
            row = new LogRow(index, label, predicted, radius, correct, time);
            problem = "";
            return true;
        }

        return false;
    }

    // Python prints long durations as "1 day, 2:03:04": one column of three words.
    private string[] JoinDays(string[] fields)
    {
        var day = Array.FindIndex(fields, f => f is "day," or "days,");
        return day < 1 || day + 1 >= fields.Length
            ? fields
            : [.. fields[..(day - 1)], string.Join(' ', fields[(day - 1)..(day + 2)]), .. fields[(day + 2)..]];
    }

    private bool LooksLikeRow(string line)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == columns.Count && Whole(fields[0], out _);
    }

    private bool LooksCut(string[] fields) => fields.Length <= columns.Count && Whole(fields[0], out _);

    private static bool IsRadius(string text, out double radius) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out radius)
        && double.IsFinite(radius)
        && radius >= 0;

    private static bool IsFlag(string text, out bool flag)
    {
        flag = text is "1" or "1.0" or "True";
        return flag || text is "0" or "0.0" or "False";
    }

    private static bool Whole(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
