using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Output;

/// <summary>JSON as commands print it: indented, readable characters unescaped, numbers with round-trip digits.</summary>
public static class JsonText
{
    /// <summary>The one set of options.</summary>
    public static JsonSerializerOptions Indented { get; } =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A node for a cell's value; a number that JSON cannot write (NaN, infinity) becomes null.</summary>
    public static JsonNode? Node(object? value) =>
        value switch
        {
            null => null,
            JsonNode node => node,
            bool flag => JsonValue.Create(flag),
            string text => JsonValue.Create(text),
            double number => double.IsFinite(number) ? JsonValue.Create(number) : null,
            float number => float.IsFinite(number) ? JsonValue.Create(number) : null,
            int number => JsonValue.Create(number),
            long number => JsonValue.Create(number),
            decimal number => JsonValue.Create(number),
            _ => JsonValue.Create(value.ToString()),
        };
}
