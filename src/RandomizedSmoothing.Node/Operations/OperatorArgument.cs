using System.Collections.Immutable;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>What may follow a switch.</summary>
public enum ArgumentKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number within bounds.</summary>
    Number,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>Nothing: the switch itself says it.</summary>
    Flag,
}

/// <summary>One argument of an operator command: <c>-s ID</c> or <c>--sweep ID</c>.</summary>
public sealed record OperatorArgument
{
    /// <summary>Names the argument in handlers and in help.</summary>
    public required string Name { get; init; }

    /// <summary>One clause for help.</summary>
    public required string Description { get; init; }

    /// <summary>The switches, the short one first.</summary>
    public required ImmutableArray<string> Switches { get; init; }

    /// <summary>What may follow the switch.</summary>
    public ArgumentKind Kind { get; init; } = ArgumentKind.Text;

    /// <summary>Whether the command cannot do without it.</summary>
    public bool IsMandatory { get; init; }

    /// <summary>What holds when it is not given; null for nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The words of a <see cref="ArgumentKind.Choice"/>.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Smallest value of a <see cref="ArgumentKind.Number"/>.</summary>
    public int Smallest { get; init; } = int.MinValue;

    /// <summary>Largest value of a <see cref="ArgumentKind.Number"/>.</summary>
    public int Largest { get; init; } = int.MaxValue;

    /// <summary>The command whose answer lists the values there are, as <c>sweep list</c>; for completion.</summary>
    public string? ValuesFrom { get; init; }

    /// <summary>The rule that a value must keep; null when it keeps it.</summary>
    public string? RuleBrokenBy(string value) =>
        Kind switch
        {
            ArgumentKind.Number when !int.TryParse(value, out var number) || number < Smallest || number > Largest =>
                $"must be a whole number{Bounds()}",
            ArgumentKind.Choice when !Choices.Contains(value, StringComparer.OrdinalIgnoreCase) =>
                $"must be one of {string.Join(", ", Choices)}",
            _ when value.Length == 0 => "must not be empty",
            _ => null,
        };

    private string Bounds() =>
        (Smallest, Largest) switch
        {
            (int.MinValue, int.MaxValue) => "",
            (_, int.MaxValue) => $" of at least {Smallest}",
            _ => $" from {Smallest} to {Largest}",
        };
}
