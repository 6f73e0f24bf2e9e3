using System.CommandLine;
using RandomizedSmoothing.Cli.LoadTest;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary>All verbs that speak to a running cluster.</summary>
public static class ClusterVerbs
{
    /// <summary>Builds them, in the order of the help.</summary>
    public static IEnumerable<Command> Create(Terminal terminal) =>
        [
            SubmitCommand.Create(terminal),
            ListCommand.Create(terminal),
            ShowCommand.Create(terminal),
            WatchCommand.Create(terminal),
            .. ControlCommands.Create(terminal),
            ExportCommand.Create(terminal),
            .. WorkerCommands.Create(terminal),
            LoadTestCommand.Create(terminal),
        ];
}
