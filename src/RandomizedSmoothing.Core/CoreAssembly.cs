namespace RandomizedSmoothing.Core;

/// <summary>Marks the assembly of the pure house: statistics, noise, certification, sweeps, accuracy loss.</summary>
public static class CoreAssembly;
