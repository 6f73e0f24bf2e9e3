using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// The one JSON form of sweep definitions and their parts, for ledger, manifest and wire: fields in the order of declaration,
/// camelCase, choices by the words of the sweep file, ids and digests as text, numbers with round-trip digits. Equal
/// definitions give equal text. Unknown fields are ignored on reading, absent ones keep their defaults.
/// </summary>
public static class SweepDefinitionJson
{
    /// <summary>The serializer options, for documents that contain such parts.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>As <see cref="Options"/>, for people to read.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>The definition as text.</summary>
    public static string Write(SweepDefinition definition) => JsonSerializer.Serialize(definition, Options);

    /// <summary>The definition that was written.</summary>
    /// <exception cref="UserErrorException">The text is no sweep definition.</exception>
    public static SweepDefinition Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepDefinition>(json, Options)
                ?? throw new JsonException("it is 'null'");
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException(
                $"A stored sweep definition cannot be read: {error.Message} It was damaged, or written by a program that this one does not understand.",
                error
            );
        }
    }

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            IgnoreReadOnlyProperties = true,
            RespectNullableAnnotations = true,
            WriteIndented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters =
            {
                new TextConverter<SweepId>(id => id.Value, text => new SweepId(text)),
                new TextConverter<CellId>(id => id.Value, text => new CellId(text)),
                new TextConverter<ContentHash>(hash => hash.Hex, text => new ContentHash(text)),
                new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? read(reader.GetString()!)
                : throw new JsonException($"a {typeof(T).Name} is a text");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(write(value));
    }
}
