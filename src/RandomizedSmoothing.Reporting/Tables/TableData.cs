using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Reporting.Tables;

/// <summary>An accuracy table in the forms that programs read: CSV and JSON, with round-trip digits.</summary>
public static class TableData
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One line per row, one column <c>r=…</c> per radius; an unknown value is empty.</summary>
    public static string Csv(AccuracyTable table)
    {
        var text = new StringBuilder(
            "dataset,model,train_sigma,noise,sigma,n,alpha,images,planned,abstained,wrong,acr,mean_draws"
        );
        foreach (var radius in table.Radii)
        {
            text.Append(",r=").Append(TableLayout.Number(radius));
        }

        text.Append(",norm,not_estimated\n");
        foreach (var row in table.Rows)
        {
            var fields = new List<string>
            {
                Quote(row.Dataset),
                Quote(row.Model),
                Text(row.TrainSigma),
                Quote(row.Noise),
                Text(row.Sigma),
                row.N?.ToString(CultureInfo.InvariantCulture) ?? "",
                Text(row.Alpha),
                row.Images.ToString(CultureInfo.InvariantCulture),
                row.Planned.ToString(CultureInfo.InvariantCulture),
                Text(row.Abstained),
                Text(row.Wrong),
                Text(row.AverageRadius),
                Text(row.MeanDraws),
            };
            fields.AddRange(row.Accuracies.Select(a => Text(a)));
            fields.AddRange(row.Norm is { } norm ? Norms.NameOf(norm) : "", Text(row.NotEstimated));
            text.Append(string.Join(',', fields)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The table as one JSON object.</summary>
    public static string Json(AccuracyTable table) => Node(table).ToJsonString(Indented) + "\n";

    /// <summary>The table as a JSON tree, for embedding.</summary>
    public static JsonObject Node(AccuracyTable table)
    {
        var rows = new JsonArray();
        for (var at = 0; at < table.Rows.Count; at++)
        {
            var row = table.Rows[at];
            var accuracies = new JsonArray();
            for (var column = 0; column < table.Radii.Count; column++)
            {
                accuracies.Add(
                    new JsonObject
                    {
                        ["radius"] = table.Radii[column],
                        ["certifiedAccuracy"] = double.IsNaN(row.Accuracies[column]) ? null : row.Accuracies[column],
                        ["best"] = table.IsBest(at, column),
                    }
                );
            }

            rows.Add(
                new JsonObject
                {
                    ["dataset"] = row.Dataset,
                    ["model"] = row.Model,
                    ["trainSigma"] = row.TrainSigma,
                    ["noise"] = row.Noise,
                    ["sigma"] = row.Sigma,
                    ["n"] = row.N,
                    ["alpha"] = row.Alpha,
                    ["images"] = row.Images,
                    ["planned"] = row.Planned,
                    ["abstained"] = row.Abstained,
                    ["wrong"] = row.Wrong,
                    ["acr"] = row.AverageRadius,
                    ["meanDraws"] = row.MeanDraws,
                    ["accuracies"] = accuracies,
                    ["norm"] = SweepTable.NormName([row.Norm]),
                    ["notEstimated"] = row.NotEstimated,
                }
            );
        }

        return new JsonObject
        {
            ["norm"] = table.Norm,
            ["radii"] = new JsonArray([.. table.Radii.Select(r => JsonValue.Create(r))]),
            ["rows"] = rows,
            ["notes"] = new JsonArray([.. table.Notes.Select(n => JsonValue.Create(n))]),
        };
    }

    /// <summary>A CSV field, quoted where it must be (RFC 4180).</summary>
    internal static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\n\r") < 0
            ? field
            : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Text(double? value) =>
        value is { } number && !double.IsNaN(number) ? TableLayout.Number(number) : "";
}
