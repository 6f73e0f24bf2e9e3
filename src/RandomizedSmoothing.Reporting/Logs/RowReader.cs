using System.Globalization;

namespace RandomizedSmoothing.Reporting.Logs;

/// <summary>Positions of the columns; −1 where a column is absent.</summary>
internal sealed record LogColumns(int Count, int Index, int Label, int Predict, int Radius, int Correct, int Time)
{
    /// <summary>A column that speaks of radii under another name.</summary>
    public string? OtherRadius { get; init; }
}

/// <summary>Collects rows, notes and diagnoses line by line.</summary>
internal sealed class RowReader(LogColumns columns, char? separator, bool endsWithLineEnd, int lineCount)
{
    // Far beyond any norm of any image, also in units of 255; what is larger is damage.
    private const double LargestRadius = 1e12;

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

        var fields = Fields(line);
        if (IsHeaderAgain(fields))
        {
            return;
        }

        if (Parse(fields, out var row, out var problem, out var remark))
        {
            FlushPendingAsDamage();
            if (remark is not null)
            {
                _diagnoses.Add(new LogDiagnosis(number, remark));
            }

            Add(number, row!, fields);
        }
        else if (line.Contains('\0', StringComparison.Ordinal))
        {
            _truncated = true;
            _pending.Add(
                (number, line, "it holds zero bytes, as a file that was being written when its machine failed")
            );
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

        if (columns is { Radius: < 0, OtherRadius: { } other })
        {
            _diagnoses.Add(
                new LogDiagnosis(
                    0,
                    $"the header has no column 'radius', and its column '{other}' is not read: so it is taken for a prediction log. Where that "
                        + "holds certified radii, call it 'radius'"
                )
            );
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

        if (row.Predicted == LogRow.Abstain && row.Radius != 0)
        {
            _diagnoses.Add(new LogDiagnosis(number, "an abstention carries a radius; it is taken as 0"));
            row = row with { Radius = 0 };
        }

        if (columns.Radius >= 0 && row.Predicted != LogRow.Abstain)
        {
            _digits.Add(fields[columns.Radius]);
        }

        _rows.Add(row);
    }

    // What no statistic needs, as the time, costs no row; nor does a radius that claims nothing.
    private bool Parse(string[] fields, out LogRow? row, out string problem, out string? remark)
    {
        (row, problem, remark) = (null, "", null);
        if (fields.Length != columns.Count)
        {
            problem = $"{fields.Length} columns where the header has {columns.Count}";
            return false;
        }

        if (!Whole(fields[columns.Index], out var index) || index < 0)
        {
            problem = $"idx '{fields[columns.Index]}' is no image index";
            return false;
        }

        if (!Whole(fields[columns.Label], out var label) || label < 0)
        {
            problem = $"label '{fields[columns.Label]}' is no class";
            return false;
        }

        if (!IsPrediction(fields[columns.Predict], out var predicted))
        {
            problem = $"predict '{fields[columns.Predict]}' is no class and not -1 or -2";
            return false;
        }

        double radius = 0;
        if (columns.Radius >= 0 && !IsNumber(fields[columns.Radius]) && !IsNothing(fields[columns.Radius], predicted))
        {
            problem = $"radius '{fields[columns.Radius]}' is no number";
            return false;
        }

        if (columns.Radius >= 0 && !IsRadius(fields[columns.Radius], predicted, out radius))
        {
            remark =
                $"radius '{fields[columns.Radius]}' is no number from 0 to 1e12, and so no claim; the row counts as an abstention";
            (predicted, radius) = (LogRow.Abstain, 0);
        }

        var correct = predicted == label;
        if (remark is null && columns.Correct >= 0 && !IsFlag(fields[columns.Correct], out correct))
        {
            remark = $"correct '{fields[columns.Correct]}' is neither 0 nor 1; the classes are believed";
            correct = predicted == label;
        }

        var time = TimeSpan.Zero;
        if (columns.Time >= 0 && !PythonText.TryParseDuration(fields[columns.Time], out time))
        {
            remark ??= $"time '{fields[columns.Time]}' is neither H:MM:SS.ffffff nor seconds; it is taken as 0";
        }

        row = new LogRow(index, label, Math.Max(predicted, LogRow.Abstain), radius, correct, time)
        {
            NotEstimated = predicted == LogRow.LeftOut,
        };
        return true;
    }

    // Where tabs part the columns, but not in this line, or one ends it.
    private string[] Fields(string line)
    {
        var fields = LogLine.Fields(line, separator);
        if (fields.Length == columns.Count + 1 && fields[^1].Length == 0)
        {
            return fields[..^1];
        }

        return
            separator == '\t'
            && fields.Length != columns.Count
            && LogLine.Fields(line, null) is var words
            && words.Length == columns.Count
            ? words
            : fields;
    }

    // A run that was started again with the same file writes its header again.
    private bool IsHeaderAgain(string[] fields) =>
        fields.Length == columns.Count
        && fields[columns.Index].Equals("idx", StringComparison.OrdinalIgnoreCase)
        && fields[columns.Label].Equals("label", StringComparison.OrdinalIgnoreCase);

    // As many columns as the header has, or at least the two numbers that begin it.
    // Numbers enough, whatever stands before them.
    private bool LooksLikeRow(string line)
    {
        var fields = Fields(line);
        return line.Contains('\0', StringComparison.Ordinal)
            || (
                Whole(fields[0], out _)
                && (
                    fields.Length == columns.Count
                    || (
                        fields.Length > Math.Max(columns.Index, columns.Label)
                        && Whole(fields[columns.Index], out _)
                        && Whole(fields[columns.Label], out _)
                    )
                )
            )
            || (
                fields.Length >= columns.Count
                && LogLine.Fields(line, null).Count(IsNumber) >= Math.Max(3, columns.Count - 2)
            );
    }

    // Python writes infinity as inf.
    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        || text.TrimStart('-', '+').Equals("inf", StringComparison.OrdinalIgnoreCase);

    private bool LooksCut(string[] fields) => fields.Length <= columns.Count && Whole(fields[0], out _);

    // The radius of an abstention claims nothing: some scripts print nan there, or nothing, or the negative quantile of a bound below ½.
    private static bool IsRadius(string text, int predicted, out double radius)
    {
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out radius);
        if (predicted < 0 && !(radius > 0))
        {
            radius = 0;
            return true;
        }

        return isNumber && radius is >= 0 and <= LargestRadius;
    }

    private static bool IsNothing(string text, int predicted) => text.Length == 0 && predicted < 0;

    private static bool IsFlag(string text, out bool flag)
    {
        flag = text is "1" or "1.0" || text.Equals("true", StringComparison.OrdinalIgnoreCase);
        return flag || text is "0" or "0.0" || text.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsPrediction(string text, out int predicted)
    {
        if (text.Equals("abstain", StringComparison.OrdinalIgnoreCase))
        {
            predicted = LogRow.Abstain;
            return true;
        }

        return Whole(text, out predicted) && predicted >= LogRow.LeftOut;
    }

    // Tables that went through pandas or NumPy have "3.0" or "3.000e+00" for 3.
    private static bool Whole(string text, out int value)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var isWhole =
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number == Math.Floor(number)
            && Math.Abs(number) <= int.MaxValue;
        value = isWhole ? (int)number : 0;
        return isWhole;
    }
}
