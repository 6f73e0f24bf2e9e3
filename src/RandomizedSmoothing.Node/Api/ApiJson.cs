using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RandomizedSmoothing.Node.Api;

/// <summary>JSON of the HTTP API: camelCase names, choices by the words of the sweep file, instants in UTC, durations in seconds.</summary>
public static class ApiJson
{
    /// <summary>The options of servers and clients.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Sets the rules of the API on the options of a server.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
