using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>A comparison in the forms that people and programs read.</summary>
public static class ComparisonText
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Aligned text for a terminal.</summary>
    public static string Grid(RunComparison comparison) => Write(comparison, new GridForm());

    /// <summary>Markdown.</summary>
    public static string Markdown(RunComparison comparison) => Write(comparison, new MarkdownForm());

    /// <summary>The deltas as CSV: one line per run and radius.</summary>
    public static string Csv(IReadOnlyList<RunComparison> comparisons)
    {
        var text = new StringBuilder(
            "reference,run,radius,first,other,difference,only_first,only_other,p_value,shared_images\n"
        );
        foreach (var (comparison, run) in comparisons.SelectMany(c => c.Deltas.Select(d => (c, d))))
        {
            var sources = comparison.Runs.ToDictionary(r => r.Name, r => TableData.Quote(r.Source));
            foreach (var delta in run.Deltas)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{sources[comparison.Runs[0].Name]},{sources[run.Name]},{Number(delta.Radius)},{Number(delta.First)},{Number(delta.Other)},{Number(delta.Difference)},{delta.OnlyFirst},{delta.OnlyOther},{Number(delta.PValue)},{run.SharedImages}\n"
                );
            }
        }

        return text.ToString();
    }

    /// <summary>Everything as a JSON array with one object per comparison.</summary>
    public static string Json(IReadOnlyList<RunComparison> comparisons) =>
        Array(comparisons, Node).ToJsonString(Indented) + "\n";

    private static JsonObject Node(RunComparison comparison) =>
        new()
        {
            ["runs"] = Array(comparison.Runs, r => new JsonObject { ["name"] = r.Name, ["source"] = r.Source }),
            ["differences"] = Array(
                comparison.Differences,
                d => new JsonObject { ["fact"] = d.Name, ["values"] = Array(d.Values, v => JsonValue.Create(v)) }
            ),
            ["shared"] = Array(comparison.Shared, s => new JsonObject { ["fact"] = s.Name, ["value"] = s.Value }),
            ["table"] = TableData.Node(comparison.Table),
            ["deltas"] = Array(
                comparison.Deltas,
                d => new JsonObject
                {
                    ["run"] = d.Name,
                    ["sharedImages"] = d.SharedImages,
                    ["otherLabels"] = d.OtherLabels,
                    ["acrDifference"] = double.IsNaN(d.RadiusDifference) ? null : d.RadiusDifference,
                    ["radii"] = Array(
                        d.Deltas,
                        r => new JsonObject
                        {
                            ["radius"] = r.Radius,
                            ["first"] = r.First,
                            ["other"] = r.Other,
                            ["difference"] = r.Difference,
                            ["onlyFirst"] = r.OnlyFirst,
                            ["onlyOther"] = r.OnlyOther,
                            ["pValue"] = r.PValue,
                        }
                    ),
                }
            ),
        };

    private static string Write(RunComparison comparison, ITextForm form)
    {
        var text = new StringBuilder();
        foreach (var (name, source) in comparison.Runs)
        {
            text.Append(name).Append(": ").Append(source).Append(form.LineEnd);
        }

        foreach (var section in ComparisonSections.Of(comparison))
        {
            text.Append(form.Heading(section.Heading));
            text.Append(section.Headers.Count > 0 ? form.Table(section.Headers, section.Rows) : "");
            text.Append(section.Note.Length > 0 ? section.Note + "\n" : "");
        }

        return text.ToString();
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new([.. items.Select(node)]);

    private static string Number(double value) => TableLayout.Number(value);
}
