using System.CommandLine;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary>The option <c>--cluster URL</c> and what it stands for.</summary>
public static class ClusterOption
{
    /// <summary>The variable that holds the address where the option is not given.</summary>
    public const string Variable = "RSMOOTH_CLUSTER";

    private const string Default = "http://127.0.0.1:8080";

    /// <summary>Creates the option.</summary>
    public static Option<string?> Create() =>
        new("--cluster")
        {
            Description =
                $"Address of a control node, or several separated by commas. Default: ${Variable}, else {Default}.",
            HelpName = "URL",
        };

    /// <summary>Opens a client for what was given.</summary>
    /// <exception cref="UserErrorException">An address is none, or there is no key in the file.</exception>
    public static ApiClient Open(string? given, string? keyFile, Terminal terminal) =>
        new(Nodes(given, terminal), ApiKeyOption.Read(keyFile, terminal)) { OnWait = terminal.Error.WriteLine };

    /// <summary>The addresses of what was given, at least one.</summary>
    /// <exception cref="UserErrorException">An address is none.</exception>
    public static IReadOnlyList<Uri> Nodes(string? given, Terminal terminal)
    {
        var (text, origin) = given is not null
            ? (given, "--cluster")
            : (terminal.Environment(Variable) is { Length: > 0 } set ? set : Default, Variable);
        var nodes = new List<Uri>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(part, UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https"))
            {
                throw new UserErrorException(
                    $"{origin} is '{part}': the address of a control node is expected, as {Default}."
                );
            }

            nodes.Add(node);
        }

        return nodes.Count > 0
            ? nodes
            : throw new UserErrorException($"{origin} is empty: give the address of a control node, as {Default}.");
    }
}
