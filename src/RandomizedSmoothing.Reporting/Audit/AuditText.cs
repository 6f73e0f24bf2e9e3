using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Audit;

/// <summary>The results of an audit in the forms that people and programs read.</summary>
public static partial class AuditText
{
    private const int LinesOfAKind = 3;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A table with one line per log, and the warnings under it.</summary>
    public static string Grid(IReadOnlyList<LogAuditResult> results)
    {
        var prefix = CommonFolder(results);
        var rows = results
            .Select(r =>
                (string[])
                    [
                        r.Path[prefix.Length..],
                        r.Complete ? Whole(r.Rows) : Whole(r.Rows) + "!",
                        r.Sigma is { } sigma ? TableLayout.Number(sigma) : "?",
                        r.Sigma is { } level and > 0
                            ? (r.LargestRadius / level).ToString("0.000", CultureInfo.InvariantCulture)
                            : "?",
                        r.N is { } n ? Whole(n) : "?",
                        r.Alpha is { } alpha ? TableLayout.Number(alpha) : "undetermined",
                        Evidence(r),
                    ]
            )
            .ToList();
        var text = new StringBuilder();
        if (prefix.Length > 0)
        {
            text.Append("in ").Append(prefix).Append("\n\n");
        }

        text.Append(new Runs.GridForm().Table(["log", "rows", "σ", "largest/σ", "n", "α", "rows that tell"], rows));
        foreach (var result in results.Where(r => r.Warnings.Count > 0))
        {
            text.Append('\n').Append(result.Path[prefix.Length..]).Append('\n');
            foreach (var warning in Condensed(result.Warnings))
            {
                text.Append("  - ").Append(warning).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>One line per log, warnings in the last field.</summary>
    public static string Csv(IReadOnlyList<LogAuditResult> results)
    {
        var text = new StringBuilder("path,rows,complete,sigma,n,alpha,largest_radius,warnings\n");
        foreach (var result in results)
        {
            var sigma = result.Sigma is { } value ? TableLayout.Number(value) : "";
            var n = result.N?.ToString(CultureInfo.InvariantCulture) ?? "";
            var alpha = result.Alpha is { } level ? TableLayout.Number(level) : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{TableData.Quote(result.Path)},{result.Rows},{(result.Complete ? "true" : "false")},{sigma},{n},{alpha},{TableLayout.Number(result.LargestRadius)},{TableData.Quote(string.Join("; ", result.Warnings))}\n"
            );
        }

        return text.ToString();
    }

    /// <summary>
    /// An array with one object per log: <c>path, rows, complete, n, alpha, fits, warnings</c> and what else is known;
    /// <c>n</c> and <c>alpha</c> are null where undetermined.
    /// </summary>
    public static string Json(IReadOnlyList<LogAuditResult> results)
    {
        var array = new JsonArray();
        foreach (var result in results)
        {
            array.Add(
                new JsonObject
                {
                    ["path"] = result.Path,
                    ["rows"] = result.Rows,
                    ["complete"] = result.Complete,
                    ["n"] = result.N,
                    ["alpha"] = result.Alpha,
                    ["sigma"] = result.Sigma,
                    ["largestRadius"] = result.LargestRadius,
                    ["rowsAtLargest"] = result.RowsAtLargest,
                    ["digits"] = result.Digits.Digits,
                    ["fits"] = new JsonArray([.. result.Fits.Select(Fit)]),
                    ["warnings"] = new JsonArray([.. result.Warnings.Select(w => JsonValue.Create(w))]),
                }
            );
        }

        return array.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Fit(LatticeFit fit) =>
        new()
        {
            ["n"] = fit.N,
            ["alpha"] = fit.Alpha,
            ["rows"] = fit.Rows,
            ["refuted"] = fit.Refuted,
            ["attainable"] = fit.Attainable,
            ["fits"] = fit.Fits,
        };

    // What differs in line numbers and values only is one kind.
    private static IEnumerable<string> Condensed(IReadOnlyList<string> warnings)
    {
        foreach (var kind in warnings.GroupBy(w => Particulars().Replace(w, "")))
        {
            var few = kind.Count() <= LinesOfAKind + 1;
            foreach (var warning in kind.Take(few ? LinesOfAKind + 1 : LinesOfAKind))
            {
                yield return warning;
            }

            if (!few)
            {
                yield return $"… and {Whole(kind.Count() - LinesOfAKind)} more of this kind";
            }
        }
    }

    [GeneratedRegex(@"'[^']*'|\d+")]
    private static partial Regex Particulars();

    private static string Evidence(LogAuditResult result) =>
        result.Fits.FirstOrDefault(f => f.N == result.N && f.Alpha == result.Alpha) is { } fit ? Whole(fit.Rows) : "";

    private static string CommonFolder(IReadOnlyList<LogAuditResult> results)
    {
        if (results.Count < 2)
        {
            return "";
        }

        var first = results[0].Path;
        var length = first.LastIndexOf('/') + 1;
        while (length > 0 && !results.All(r => r.Path.StartsWith(first[..length], StringComparison.Ordinal)))
        {
            length = length == 1 ? 0 : first.LastIndexOf('/', length - 2) + 1;
        }

        return first[..length];
    }

    private static string Whole(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
