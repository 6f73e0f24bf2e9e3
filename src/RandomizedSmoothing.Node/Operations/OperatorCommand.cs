using System.Collections.Immutable;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>Answers one call of a command, block by block.</summary>
/// <exception cref="Core.UserErrorException">The call cannot be carried out; the message says why.</exception>
public delegate IAsyncEnumerable<AnswerBlock> OperatorHandler(OperatorCall call, CancellationToken cancellation);

/// <summary>
/// One command of an operator, whichever way it is reached: <c>MODULE COMMAND -switch value</c>.
/// </summary>
public sealed record OperatorCommand
{
    /// <summary>The module, as <c>sweep</c>.</summary>
    public required string Module { get; init; }

    /// <summary>The name within the module, as <c>pause</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for help.</summary>
    public required string Description { get; init; }

    /// <summary>The arguments, beside those that every command takes.</summary>
    public ImmutableArray<OperatorArgument> Arguments { get; init; } = [];

    /// <summary>Whether it changes anything: then it is for operators, not for viewers.</summary>
    public bool Changes { get; init; }

    /// <summary>Carries it out.</summary>
    public required OperatorHandler Handler { get; init; }

    /// <summary>Module and name.</summary>
    public string FullName => $"{Module} {Name}";

    /// <summary>Every argument, <see cref="OutputArgument"/> included.</summary>
    public IEnumerable<OperatorArgument> AllArguments => Arguments.Append(OutputArgument);

    /// <summary>The argument of every command that says how it answers.</summary>
    public static OperatorArgument OutputArgument { get; } =
        new()
        {
            Name = "output",
            Description = "how to answer: text for people, json one document a line",
            Switches = ["-o", "--output"],
            Kind = ArgumentKind.Choice,
            Choices = ["text", "json"],
            Default = "text",
        };

    /// <summary>The argument as it is found by one of its switches, or null.</summary>
    public OperatorArgument? Find(string switchText) =>
        AllArguments.FirstOrDefault(argument => argument.Switches.Contains(switchText, StringComparer.Ordinal));
}
