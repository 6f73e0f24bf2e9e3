using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>The canonical batch shape of a model.</summary>
public static class BatchRows
{
    /// <summary>Rows where neither the sweep file nor the architecture says.</summary>
    public const int Default = 64;

    /// <summary>Most rows that a sweep file may ask for.</summary>
    public const int Most = 65_536;

    /// <summary>
    /// The sweep's <c>batchSize</c>, else the architecture's own: never anything of the device, because kernels may round
    /// differently per shape.
    /// </summary>
    public static int For(ModelSpec model, ExecutionPlan execution) =>
        Math.Clamp(
            execution.BatchSize
                ?? (model.Architecture is { } name ? ArchitectureCatalogue.Find(name)?.BatchRows : null)
                ?? Default,
            1,
            Most
        );
}
