using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>A command with the arguments it was given, all of them checked against their rules.</summary>
/// <param name="command">The command.</param>
/// <param name="values">Values by argument name.</param>
public sealed class OperatorCall(OperatorCommand command, IReadOnlyDictionary<string, string> values)
{
    /// <summary>The command.</summary>
    public OperatorCommand Command => command;

    /// <summary>Whether the answer is to be JSON.</summary>
    public bool WantsJson => Text("output") == "json";

    /// <summary>The value of an argument, its default, or null.</summary>
    public string? Text(string name) => values.GetValueOrDefault(name) ?? Argument(name).Default;

    /// <summary>The value of a mandatory argument.</summary>
    public string Required(string name) =>
        Text(name) ?? throw new InvalidOperationException($"{command.FullName} was called without {name}.");

    /// <summary>Whether a flag was given.</summary>
    public bool Has(string name) => values.ContainsKey(Argument(name).Name);

    /// <summary>The value of a number.</summary>
    public int Number(string name) => int.Parse(Required(name), CultureInfo.InvariantCulture);

    /// <summary>The sweep that <c>-s</c> names, or null when it is not given.</summary>
    /// <exception cref="UserErrorException">The text is no sweep id.</exception>
    public SweepId? Sweep =>
        Text("sweep") is not { } text ? null
        : SweepId.IsValid(text) ? new SweepId(text)
        : throw new UserErrorException(
            $"-s = '{text}' is no sweep id: use 1 to 80 letters, digits, '.', '_' or '-', starting with a letter or digit; 'sweep list' shows those there are."
        );

    /// <summary>The call as it would be typed.</summary>
    public override string ToString() =>
        CommandWords.Join([
            command.Module,
            command.Name,
            .. values.SelectMany(v =>
                Argument(v.Key).Kind == ArgumentKind.Flag
                    ? (string[])[Argument(v.Key).Switches[0]]
                    : [Argument(v.Key).Switches[0], v.Value]
            ),
        ]);

    private OperatorArgument Argument(string name) => command.AllArguments.First(a => a.Name == name);
}
