namespace RandomizedSmoothing.Cli;

/// <summary>Marks the assembly of the executable.</summary>
public static class CliAssembly;
