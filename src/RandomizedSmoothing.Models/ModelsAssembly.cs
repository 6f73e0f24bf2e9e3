namespace RandomizedSmoothing.Models;

/// <summary>Marks the assembly of this house for tests and hosting.</summary>
public static class ModelsAssembly;
