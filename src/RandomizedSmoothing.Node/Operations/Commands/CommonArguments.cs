namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>Arguments that several commands take.</summary>
internal static class CommonArguments
{
    public static OperatorArgument Sweep { get; } =
        new()
        {
            Name = "sweep",
            Description = "the sweep's id",
            Switches = ["-s", "--sweep"],
            IsMandatory = true,
            ValuesFrom = "sweep list",
        };

    public static OperatorArgument AnySweep { get; } =
        Sweep with
        {
            Description = "only this sweep",
            IsMandatory = false,
        };

    public static OperatorArgument Worker { get; } =
        new()
        {
            Name = "worker",
            Description = "the worker's name",
            Switches = ["-n", "--name"],
            IsMandatory = true,
            ValuesFrom = "worker list",
        };

    public static OperatorArgument Watch { get; } =
        new()
        {
            Name = "watch",
            Description = "go on until there is nothing more to come",
            Switches = ["-w", "--watch"],
            Kind = ArgumentKind.Flag,
        };
}
