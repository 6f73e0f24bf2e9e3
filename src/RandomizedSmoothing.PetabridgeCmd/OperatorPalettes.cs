using Petabridge.Cmd;
using RandomizedSmoothing.Node.Operations;

namespace RandomizedSmoothing.PetabridgeCmd;

/// <summary>Operator commands as palettes that the <c>pbm</c> client downloads, completes and sends back.</summary>
public static class OperatorPalettes
{
    /// <summary>The module that Petabridge.Cmd's own palette of the same name serves.</summary>
    public const string BuiltIn = "cluster";

    /// <summary>The palette of each module, those left out that <see cref="BuiltIn"/> names.</summary>
    public static IEnumerable<CommandPalette> Of(OperatorPalette palette) =>
        palette
            .Modules.Where(module => module.Key != BuiltIn)
            .Select(module => new CommandPalette(module.Key, [.. module.Value.Select(Definition)]));

    /// <summary>The line that the console carries out for a command as it arrived.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">Switch and value each; a flag has no value, or <c>true</c>.</param>
    public static string Line(OperatorCommand command, IEnumerable<Tuple<string, string>> arguments)
    {
        var words = new List<string> { command.Module, command.Name };
        foreach (var (name, value) in arguments)
        {
            if (command.Find(name)?.Kind != ArgumentKind.Flag)
            {
                words.AddRange([name, value ?? ""]);
            }
            else if (!string.Equals(value, "false", StringComparison.OrdinalIgnoreCase))
            {
                words.Add(name);
            }
        }

        return CommandWords.Join(words);
    }

    private static CommandDefinition Definition(OperatorCommand command)
    {
        var definition = new CommandDefinitionBuilder().WithName(command.Name).WithDescription(command.Description);
        foreach (var argument in command.AllArguments)
        {
            definition = definition.WithArgument(builder =>
            {
                var built = builder
                    .WithName(argument.Name)
                    .WithDescription(argument.Description)
                    .IsMandatory(argument.IsMandatory);
                foreach (var text in argument.Switches)
                {
                    built = built.WithSwitch(text);
                }

                return argument.Default is { } value ? built.WithDefaultValue(value) : built;
            });
        }

        return definition.Build();
    }
}
