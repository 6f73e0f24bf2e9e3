using Akka.Actor;

namespace Petabridge.Cmd;

// The public surface of Petabridge.Cmd.Common that the adapter uses. Not the package: nothing here is ever shipped.

public sealed class ArgumentDefinition
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required bool Mandatory { get; init; }

    public required IReadOnlyList<string> Switch { get; init; }

    public required string? DefaultValue { get; init; }
}

public sealed class ArgumentDefinitionBuilder
{
    private readonly List<string> _switches = [];
    private string _name = "";
    private string _description = "";
    private bool _mandatory;
    private string? _default;

    public ArgumentDefinitionBuilder WithName(string name) => With(() => _name = name);

    public ArgumentDefinitionBuilder WithDescription(string description) => With(() => _description = description);

    public ArgumentDefinitionBuilder WithSwitch(string text) => With(() => _switches.Add(text));

    public ArgumentDefinitionBuilder IsMandatory(bool mandatory) => With(() => _mandatory = mandatory);

    public ArgumentDefinitionBuilder WithDefaultValue(string value) => With(() => _default = value);

    internal ArgumentDefinition Build() =>
        new()
        {
            Name = _name,
            Description = _description,
            Mandatory = _mandatory,
            Switch = _switches,
            DefaultValue = _default,
        };

    private ArgumentDefinitionBuilder With(Action change)
    {
        change();
        return this;
    }
}

public sealed class CommandDefinition
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyDictionary<string, ArgumentDefinition> ArgumentsByName { get; init; }
}

public sealed class CommandDefinitionBuilder
{
    private readonly List<ArgumentDefinition> _arguments = [];
    private string _name = "";
    private string _description = "";

    public CommandDefinitionBuilder WithName(string name)
    {
        _name = name;
        return this;
    }

    public CommandDefinitionBuilder WithDescription(string description)
    {
        _description = description;
        return this;
    }

    public CommandDefinitionBuilder WithArgument(Func<ArgumentDefinitionBuilder, ArgumentDefinitionBuilder> build)
    {
        _arguments.Add(build(new ArgumentDefinitionBuilder()).Build());
        return this;
    }

    public CommandDefinition Build() =>
        new()
        {
            Name = _name,
            Description = _description,
            ArgumentsByName = _arguments.ToDictionary(a => a.Name),
        };
}

public sealed class CommandPalette(string moduleName, IEnumerable<CommandDefinition> commands)
{
    public string ModuleName => moduleName;

    public IReadOnlyList<CommandDefinition> Commands { get; } = [.. commands];
}

public sealed class Command(string name, IEnumerable<Tuple<string, string>> arguments)
{
    public string Name => name;

    public IEnumerable<Tuple<string, string>> Arguments => arguments;
}

public class CommandResponse(string output, bool final = true)
{
    public static readonly CommandResponse Empty = new("");

    public string Output => output;

    public bool Final => final;
}

public sealed class ErroredCommandResponse(string output) : CommandResponse(output);
