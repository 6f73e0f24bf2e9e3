using System.CommandLine;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary><c>rsmooth theory</c>: what smoothing can still express, without model or data.</summary>
public static class TheoryCommand
{
    /// <summary>Builds the verb and what is below it.</summary>
    public static Command Create(Terminal terminal) =>
        new("theory", "What smoothing can still express: exact counts on finite domains, regions in space.")
        {
            FiniteCommands.Cycle(terminal),
            FiniteCommands.Path(terminal),
            FiniteCommands.Grid(terminal),
            FiniteCommands.Hypercube(terminal),
            FiniteCommands.Kernel(terminal),
            RegionCommands.Interval(terminal),
            RegionCommands.Ball(terminal),
            RegionCommands.Orthant(terminal),
            RegionCommands.Wedge(terminal),
            VanishCommand.Create(terminal),
            StripesCommand.Create(terminal),
            VersionSpaceCommand.Create(terminal),
        };
}
