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
                    ["acrDifference"] = d.RadiusDifference,
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

        text.Append(form.Heading("Differences"));
        text.Append(
            comparison.Differences.Count == 0
                ? "None in what is known.\n"
                : form.Table(
                    ["", .. comparison.Runs.Select(r => r.Name)],
                    comparison.Differences.Select(d => (string[])[d.Name, .. d.Values])
                )
        );
        if (comparison.Shared.Count > 0)
        {
            text.Append(form.Heading("Shared"));
            text.Append(string.Join(", ", comparison.Shared.Select(s => $"{s.Name} {s.Value}"))).Append('\n');
        }

        text.Append(form.Heading("Certified accuracy, each on its own images"));
        text.Append(
            form.Table(
                ["run", .. comparison.Table.Radii.Select(r => "r = " + Number(r)), "abstained", "ACR", "images"],
                comparison.Table.Rows.Select((row, at) => OwnRow(comparison.Table, row, at))
            )
        );
        foreach (var delta in comparison.Deltas)
        {
            Delta(text, form, comparison.Runs[0].Name, delta);
        }

        return text.ToString();
    }

    private static string[] OwnRow(AccuracyTable table, AccuracyRow row, int at) =>
        [
            row.Model,
            .. row.Accuracies.Select((a, column) => PythonText.Fixed(a, 3) + (table.IsBest(at, column) ? "*" : "")),
            PythonText.Fixed(row.Abstained, 3),
            row.AverageRadius is { } acr ? PythonText.Fixed(acr, 3) : "–",
            row.IsProvisional
                ? string.Create(CultureInfo.InvariantCulture, $"{row.Images} of {row.Planned}")
                : row.Images.ToString(CultureInfo.InvariantCulture),
        ];

    private static void Delta(StringBuilder text, ITextForm form, string first, RunDelta delta)
    {
        text.Append(form.Heading($"{delta.Name} against {first} on the {delta.SharedImages} images that both have"));
        if (delta.SharedImages == 0)
        {
            text.Append("They have no image in common.\n");
            return;
        }

        text.Append(
            form.Table(
                ["r", first, delta.Name, $"{delta.Name} − {first}", $"only {first}", $"only {delta.Name}", "p"],
                delta.Deltas.Select(d =>
                    (string[])
                        [
                            Number(d.Radius),
                            PythonText.Fixed(d.First, 3),
                            PythonText.Fixed(d.Other, 3),
                            Signed(d.Difference),
                            d.OnlyFirst.ToString(CultureInfo.InvariantCulture),
                            d.OnlyOther.ToString(CultureInfo.InvariantCulture),
                            PythonText.General(d.PValue, 2),
                        ]
                )
            )
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"ACR {Signed(delta.RadiusDifference)}; p is the exact sign test of the images where they disagree.\n"
        );
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new([.. items.Select(node)]);

    private static string Signed(double value) => (value >= 0 ? "+" : "−") + PythonText.Fixed(Math.Abs(value), 3);

    private static string Number(double value) => TableLayout.Number(value);
}
