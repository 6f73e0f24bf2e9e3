using System.CommandLine;
using RandomizedSmoothing.Cli.Calc;
using RandomizedSmoothing.Cli.Completion;
using RandomizedSmoothing.Cli.Init;
using RandomizedSmoothing.Cli.Operations;
using RandomizedSmoothing.Cli.Run;

namespace RandomizedSmoothing.Cli;

/// <summary>The table of contents of the command line: one line a verb.</summary>
public static class RootCommandFactory
{
    /// <summary>Builds the command tree over one terminal.</summary>
    public static RootCommand Create(Terminal terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        return new RootCommand(
            "rsmooth: randomized-smoothing sweeps on one machine or a cluster, and what smoothing costs."
        )
        {
            InitCommand.Create(terminal),
            PlanCommand.Create(terminal),
            RunCommand.Create(terminal),
            CalcCommand.Create(terminal),
            CompletionCommand.Create(terminal),
            ConsoleCommand.Create(terminal),
        };
    }
}
