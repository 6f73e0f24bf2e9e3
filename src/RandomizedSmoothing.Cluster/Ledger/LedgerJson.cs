using System.Text.Json;
using System.Text.Json.Serialization;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>
/// The JSON form of sweep definitions and progress in the ledger and between nodes: camelCase names, enums as words, ids and
/// digests as plain strings, doubles with round-trip digits, unknown fields ignored.
/// </summary>
public static class LedgerJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase),
            new TextConverter<SweepId>(id => id.Value, text => new SweepId(text)),
            new TextConverter<CellId>(id => id.Value, text => new CellId(text)),
            new TextConverter<ContentHash>(hash => hash.Hex, text => new ContentHash(text)),
            new ImageShapeConverter(),
        },
    };

    /// <summary>The UTF-8 JSON of a definition; equal definitions give equal bytes.</summary>
    public static byte[] Write(SweepDefinition definition) => JsonSerializer.SerializeToUtf8Bytes(definition, Options);

    /// <summary>Reads what <see cref="Write(SweepDefinition)"/> wrote, also by an older or newer version.</summary>
    /// <exception cref="JsonException">The bytes are no sweep definition.</exception>
    public static SweepDefinition ReadDefinition(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<SweepDefinition>(json, Options)
        ?? throw new JsonException("The sweep definition is null.");

    /// <summary>The UTF-8 JSON of a progress report.</summary>
    public static byte[] Write(SweepProgress progress) => JsonSerializer.SerializeToUtf8Bytes(progress, Options);

    /// <summary>Reads what <see cref="Write(SweepProgress)"/> wrote.</summary>
    /// <exception cref="JsonException">The bytes are no progress report.</exception>
    public static SweepProgress ReadProgress(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<SweepProgress>(json, Options)
        ?? throw new JsonException("The progress report is null.");

    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString() ?? throw new JsonException($"A {typeof(T).Name} is null.");
            try
            {
                return read(text);
            }
            catch (ArgumentException error)
            {
                throw new JsonException(error.Message, error);
            }
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(write(value));
    }

    private sealed class ImageShapeConverter : JsonConverter<ImageShape>
    {
        public override ImageShape Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var sizes = JsonSerializer.Deserialize<int[]>(ref reader, options);
            return sizes is [var channels, var height, var width]
                ? new ImageShape(channels, height, width)
                : throw new JsonException("An image shape is an array of channels, height and width.");
        }

        public override void Write(Utf8JsonWriter writer, ImageShape value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(value.Channels);
            writer.WriteNumberValue(value.Height);
            writer.WriteNumberValue(value.Width);
            writer.WriteEndArray();
        }
    }
}
