using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary>The verbs that change a sweep's fate: <c>pause resume cancel retry priority</c>.</summary>
public static class ControlCommands
{
    /// <summary>Builds them.</summary>
    public static IEnumerable<Command> Create(Terminal terminal) =>
        [
            Simple(
                terminal,
                "pause",
                "Hold a sweep; running shards stop within a batch and keep what they counted.",
                "paused"
            ),
            Simple(terminal, "resume", "Let a held sweep go on.", "resumed"),
            Simple(terminal, "cancel", "End a sweep; its votes stay in the ledger.", "cancelled"),
            Simple(terminal, "retry", "Try the quarantined shards of a sweep again, or an ended sweep.", "tried again"),
            Priority(terminal),
        ];

    private static Command Simple(Terminal terminal, string verb, string description, string done)
    {
        var sweep = ClusterCommand.SweepArgument();
        return ClusterCommand.Create(
            terminal,
            verb,
            description,
            [sweep],
            async (client, parsed, cancellation) =>
            {
                var id = parsed.GetRequiredValue(sweep);
                await client.TellAsync(HttpMethod.Post, $"{ClusterCommand.PathOf(id)}/{verb}", null, cancellation);
                await terminal.Error.WriteLineAsync($"{id} {done}");
                return ExitCodes.Done;
            }
        );
    }

    private static Command Priority(Terminal terminal)
    {
        var sweep = ClusterCommand.SweepArgument();
        var priority = NumberOptions.WholeArgument("priority", "The higher goes first", -1000, 1000);
        return ClusterCommand.Create(
            terminal,
            "priority",
            "Put a sweep before or behind others; takes effect between shards.",
            [sweep, priority],
            async (client, parsed, cancellation) =>
            {
                var id = parsed.GetRequiredValue(sweep);
                var value = parsed.GetRequiredValue(priority);
                await client.TellAsync(
                    HttpMethod.Put,
                    $"{ClusterCommand.PathOf(id)}/priority",
                    () => ApiClient.Json(new PriorityRequest(value)),
                    cancellation
                );
                await terminal.Error.WriteLineAsync($"{id} has priority {value}");
                return ExitCodes.Done;
            }
        );
    }
}
