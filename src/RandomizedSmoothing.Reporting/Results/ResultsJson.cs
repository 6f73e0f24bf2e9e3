using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>How the manifest is written as JSON: camelCase names, names of choices as in sweep files, digests as text.</summary>
internal static class ResultsJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.Strict,
            Converters =
            {
                new TextConverter<ContentHash>(text => new ContentHash(text), hash => hash.Hex),
                new TextConverter<CellId>(text => new CellId(text), id => id.Value),
                new TextConverter<SweepId>(text => new SweepId(text), id => id.Value),
                new TextConverter<Precision>(
                    text => Enum.Parse<Precision>(text, ignoreCase: true),
                    precision => precision.ToString().ToLowerInvariant()
                ),
                new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower),
            },
        };

    private sealed class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString() ?? "";
            try
            {
                return parse(text);
            }
            catch (ArgumentException error)
            {
                throw new JsonException(error.Message, error);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(format(value));
    }
}
