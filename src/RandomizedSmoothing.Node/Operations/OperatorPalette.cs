using System.Collections.Immutable;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>All commands there are, and how a line of words becomes a call of one of them.</summary>
public sealed class OperatorPalette
{
    private readonly ImmutableSortedDictionary<string, ImmutableArray<OperatorCommand>> _modules;

    /// <summary>A palette of these commands.</summary>
    /// <exception cref="ArgumentException">Two have the same name, or two switches of one command are the same.</exception>
    public OperatorPalette(IEnumerable<OperatorCommand> commands)
    {
        Commands = [.. commands];
        foreach (var twice in Commands.GroupBy(c => c.FullName).Where(same => same.Count() > 1))
        {
            throw new ArgumentException($"There are two commands '{twice.Key}'.", nameof(commands));
        }

        foreach (var command in Commands)
        {
            var switches = command.AllArguments.SelectMany(a => a.Switches).ToList();
            if (switches.Distinct().Count() != switches.Count)
            {
                throw new ArgumentException($"'{command.FullName}' has a switch twice.", nameof(commands));
            }
        }

        _modules = Commands
            .GroupBy(c => c.Module)
            .ToImmutableSortedDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);
    }

    /// <summary>The commands, in the order they were given.</summary>
    public ImmutableArray<OperatorCommand> Commands { get; }

    /// <summary>The modules, by name.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<OperatorCommand>> Modules => _modules;

    /// <summary>The command of this module and name, or null.</summary>
    public OperatorCommand? Find(string module, string name) =>
        _modules.TryGetValue(module, out var commands) ? commands.FirstOrDefault(c => c.Name == name) : null;

    /// <summary>Makes a call of words: module, command, switches with their values.</summary>
    /// <exception cref="UserErrorException">The words name no command, or break a rule of its arguments.</exception>
    public OperatorCall Read(IReadOnlyList<string> words)
    {
        var command = FindOrRefuse(words);
        var values = new Dictionary<string, string>();
        for (var i = 2; i < words.Count; i++)
        {
            var argument = command.Find(words[i]) ?? throw Unknown(command, words[i]);
            var value = "";
            if (argument.Kind != ArgumentKind.Flag)
            {
                value = ++i < words.Count ? words[i] : throw Refusal($"{words[i - 1]} needs a value", command);
                if (argument.RuleBrokenBy(value) is { } rule)
                {
                    throw Refusal($"{words[i - 1]} = '{value}' {rule}", command);
                }

                value = argument.Kind == ArgumentKind.Choice ? value.ToLowerInvariant() : value;
            }

            if (!values.TryAdd(argument.Name, value))
            {
                throw Refusal($"{argument.Switches[^1]} is given twice", command);
            }
        }

        if (command.Arguments.FirstOrDefault(a => a.IsMandatory && !values.ContainsKey(a.Name)) is { } missing)
        {
            throw Refusal($"{missing.Switches[0]} ({missing.Description}) is missing", command);
        }

        return new OperatorCall(command, values);
    }

    private OperatorCommand FindOrRefuse(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            throw new UserErrorException("There is no command on the line; 'help' lists them.");
        }

        if (!_modules.TryGetValue(words[0], out var commands))
        {
            throw new UserErrorException(
                $"'{words[0]}' is no module{Spellings.Guess(words[0], _modules.Keys)}: there are {string.Join(", ", _modules.Keys)}; 'help' lists their commands."
            );
        }

        var names = commands.Select(c => c.Name).ToList();
        if (words.Count == 1)
        {
            throw new UserErrorException($"'{words[0]}' needs a command: {string.Join(", ", names)}.");
        }

        return commands.FirstOrDefault(c => c.Name == words[1])
            ?? throw new UserErrorException(
                $"'{words[0]}' has no command '{words[1]}'{Spellings.Guess(words[1], names)}: there are {string.Join(", ", names)}."
            );
    }

    private static UserErrorException Unknown(OperatorCommand command, string word)
    {
        var switches = command.AllArguments.SelectMany(a => a.Switches);
        return Refusal(
            word.StartsWith('-')
                ? $"{word} is no switch of it{Spellings.Guess(word, switches)}"
                : $"'{word}' stands where a switch is expected",
            command
        );
    }

    private static UserErrorException Refusal(string what, OperatorCommand command) =>
        new($"{command.FullName}: {what}. Usage: {PaletteHelp.Usage(command)}");
}
