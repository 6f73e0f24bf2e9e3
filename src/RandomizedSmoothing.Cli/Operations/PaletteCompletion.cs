using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Cli.Operations;

/// <summary>What can stand where the cursor is.</summary>
/// <param name="Typed">The part of the word that is there.</param>
/// <param name="Words">The words that begin with it.</param>
internal sealed record Completions(string Typed, IReadOnlyList<string> Words);

/// <summary>Completes modules, commands, switches and values, the ids of sweeps and names of workers included.</summary>
internal sealed class PaletteCompletion(PaletteListing palette, Func<string, CancellationToken, Task<string?>> ask)
{
    private static readonly string[] Own = ["help", "exit"];

    /// <summary>What can follow this text.</summary>
    public async Task<Completions> OfAsync(string before, CancellationToken cancellation)
    {
        List<string> words;
        try
        {
            words = [.. CommandWords.Split(before)];
        }
        catch (UserErrorException)
        {
            return new Completions("", []);
        }

        var typed = "";
        if (words.Count > 0 && !char.IsWhiteSpace(before[^1]))
        {
            typed = words[^1];
            words.RemoveAt(words.Count - 1);
        }

        var candidates = await CandidatesAsync(words, cancellation);
        return new Completions(
            typed,
            [
                .. candidates
                    .Where(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ]
        );
    }

    private async Task<IEnumerable<string>> CandidatesAsync(List<string> words, CancellationToken cancellation)
    {
        var help = words is ["help", ..];
        if (help)
        {
            words.RemoveAt(0);
        }

        switch (words.Count)
        {
            case 0:
                return palette.Commands.Select(c => c.Module).Concat(help ? [] : Own);
            case 1:
                return palette.Commands.Where(c => c.Module == words[0]).Select(c => c.Name);
            default:
                var command = palette.Commands.FirstOrDefault(c => c.Module == words[0] && c.Name == words[1]);
                return command is null || help ? [] : await OfArgumentsAsync(command, words, cancellation);
        }
    }

    private async Task<IEnumerable<string>> OfArgumentsAsync(
        PaletteCommand command,
        List<string> words,
        CancellationToken cancellation
    )
    {
        var given = command.Arguments.FirstOrDefault(a => a.Switches.Contains(words[^1]) && a.Kind != "flag");
        if (given is null || words.Count == 2)
        {
            return command.Arguments.Where(a => !a.Switches.Any(words.Skip(2).Contains)).Select(a => a.Switches[^1]);
        }

        return given.ValuesFrom is { } source && await ask($"{source} -o json", cancellation) is { } json
            ? FirstFields(json)
            : given.Choices;
    }

    private static List<string> FirstFields(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return
            [
                .. document
                    .RootElement.EnumerateArray()
                    .Select(row => row.EnumerateObject().First().Value.GetString() ?? ""),
            ];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}
