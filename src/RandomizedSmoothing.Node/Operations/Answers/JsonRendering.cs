using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Node.Operations.Answers;

/// <summary>
/// Answers as programs read them: one JSON document a line. A table is an array of objects, fields and lines are objects, a
/// note is <c>{"note": …}</c>. Durations are seconds, instants are ISO 8601, what is not known is null.
/// </summary>
public static class JsonRendering
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The line of a block.</summary>
    public static string Line(AnswerBlock block) => Node(block).ToJsonString(Options);

    private static JsonNode Node(AnswerBlock block) =>
        block switch
        {
            AnswerNote note => new JsonObject { ["note"] = note.Text },
            AnswerLine line => Object(line.Values),
            AnswerFields fields => Object(fields.Values),
            AnswerTable table => new JsonArray([
                .. table.Rows.Select(row =>
                    (JsonNode)Object(row.Select((value, c) => new AnswerValue(table.Columns[c].Name, value)))
                ),
            ]),
            _ => throw new ArgumentException($"{block.GetType().Name} has no JSON form.", nameof(block)),
        };

    private static JsonObject Object(IEnumerable<AnswerValue> values)
    {
        var json = new JsonObject();
        foreach (var value in values)
        {
            json[value.Name] = Value(value.Value);
        }

        return json;
    }

    private static JsonNode? Value(object? value) =>
        value switch
        {
            null => null,
            string text => JsonValue.Create(text),
            bool flag => JsonValue.Create(flag),
            int number => JsonValue.Create(number),
            long number => JsonValue.Create(number),
            double number => double.IsFinite(number) ? JsonValue.Create(number) : null,
            DateTimeOffset at => JsonValue.Create(at),
            IEnumerable<string> texts => new JsonArray([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]),
            _ => throw new ArgumentException($"{value.GetType().Name} has no JSON form.", nameof(value)),
        };
}
