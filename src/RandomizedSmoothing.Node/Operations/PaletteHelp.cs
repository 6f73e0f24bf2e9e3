using System.Text;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>Help on the palette, a module or a command, as lines of text.</summary>
public static class PaletteHelp
{
    /// <summary><c>sweep pause -s SWEEP [-o text|json]</c>.</summary>
    public static string Usage(OperatorCommand command)
    {
        var text = new StringBuilder(command.FullName);
        foreach (var argument in command.AllArguments.OrderByDescending(a => a.IsMandatory))
        {
            text.Append(argument.IsMandatory ? " " : " [").Append(argument.Switches[0]);
            if (argument.Kind != ArgumentKind.Flag)
            {
                text.Append(' ').Append(Placeholder(argument));
            }

            text.Append(argument.IsMandatory ? "" : "]");
        }

        return text.ToString();
    }

    /// <summary>Help on what the words name: nothing, a module, or a module and a command.</summary>
    /// <exception cref="UserErrorException">They name neither.</exception>
    public static IReadOnlyList<string> Of(OperatorPalette palette, IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return
            [
                "MODULE COMMAND -switch value; 'help MODULE' and 'help MODULE COMMAND' say more.",
                .. palette.Modules.SelectMany(module => Module(module.Key, module.Value)),
            ];
        }

        if (!palette.Modules.TryGetValue(words[0], out var commands))
        {
            throw new UserErrorException(
                $"'{words[0]}' is no module{Spellings.Guess(words[0], palette.Modules.Keys)}: there are {string.Join(", ", palette.Modules.Keys)}."
            );
        }

        if (words.Count == 1)
        {
            return [.. Module(words[0], commands)];
        }

        var command =
            palette.Find(words[0], words[1])
            ?? throw new UserErrorException(
                $"'{words[0]}' has no command '{words[1]}'{Spellings.Guess(words[1], commands.Select(c => c.Name))}: there are {string.Join(", ", commands.Select(c => c.Name))}."
            );
        return Command(command);
    }

    private static IEnumerable<string> Module(string name, IReadOnlyCollection<OperatorCommand> commands)
    {
        var width = commands.Max(c => c.Name.Length);
        yield return "";
        yield return name;
        foreach (var command in commands)
        {
            yield return $"  {command.Name.PadRight(width)}  {command.Description}";
        }
    }

    private static List<string> Command(OperatorCommand command)
    {
        List<string> lines = [Usage(command), $"  {command.Description}"];
        var rows = command
            .AllArguments.Select(a => (Switches: string.Join(", ", a.Switches), Text: Describe(a)))
            .ToList();
        var width = rows.Max(row => row.Switches.Length);
        lines.AddRange(rows.Select(row => $"    {row.Switches.PadRight(width)}  {row.Text}"));
        return lines;
    }

    private static string Describe(OperatorArgument argument)
    {
        var text = new StringBuilder(argument.Description);
        if (argument.IsMandatory)
        {
            text.Append(" (mandatory)");
        }
        else if (argument.Default is { } value)
        {
            text.Append(" (default ").Append(value).Append(')');
        }

        return text.ToString();
    }

    private static string Placeholder(OperatorArgument argument) =>
        argument.Kind == ArgumentKind.Choice ? string.Join('|', argument.Choices) : argument.Name.ToUpperInvariant();
}
