using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RandomizedSmoothing.Node.Operations.Http;

/// <summary>A request to carry out one line.</summary>
/// <param name="Command"><c>MODULE COMMAND -switch value</c>.</param>
public sealed record ConsoleRequest(string Command);

/// <summary>One line of the answer, a JSON document a line; the last one holds the outcome.</summary>
/// <param name="Text">The line.</param>
/// <param name="Outcome"><c>done</c> or <c>failed</c>; null while lines follow.</param>
public sealed record ConsoleReply(string Text, string? Outcome = null);

/// <summary>An argument of a command.</summary>
public sealed record PaletteArgument(
    string Name,
    string Description,
    IReadOnlyList<string> Switches,
    string Kind,
    bool Mandatory,
    string? Default,
    IReadOnlyList<string> Choices,
    string? ValuesFrom
);

/// <summary>A command.</summary>
/// <param name="Module">Its module.</param>
/// <param name="Name">Its name in the module.</param>
/// <param name="Description">What it does.</param>
/// <param name="Changes">Whether it takes the role operator.</param>
/// <param name="Arguments">What it takes.</param>
public sealed record PaletteCommand(
    string Module,
    string Name,
    string Description,
    bool Changes,
    IReadOnlyList<PaletteArgument> Arguments
);

/// <summary>Every command there is.</summary>
public sealed record PaletteListing(IReadOnlyList<PaletteCommand> Commands)
{
    /// <summary>The listing of a palette.</summary>
    public static PaletteListing Of(OperatorPalette palette) =>
        new([
            .. palette.Commands.Select(command => new PaletteCommand(
                command.Module,
                command.Name,
                command.Description,
                command.Changes,
                [
                    .. command.AllArguments.Select(argument => new PaletteArgument(
                        argument.Name,
                        argument.Description,
                        argument.Switches,
                        argument.Kind.ToString().ToLowerInvariant(),
                        argument.IsMandatory,
                        argument.Default,
                        argument.Choices,
                        argument.ValuesFrom
                    )),
                ]
            )),
        ]);
}

/// <summary>Paths and JSON of the console's interface, for both sides of it.</summary>
public static class ConsoleContract
{
    /// <summary>Lists the commands.</summary>
    public const string PalettePath = "/api/v1/console/palette";

    /// <summary>Carries out one line.</summary>
    public const string RunPath = "/api/v1/console/run";

    /// <summary>The type of an answer: one JSON document a line.</summary>
    public const string LinesMediaType = "application/x-ndjson";

    /// <summary>The JSON of both sides.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
}
