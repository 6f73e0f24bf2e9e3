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

    // More values than these in a batch are not worth trying, and on a GPU may not fit.
    private const long MostValuesOnCpu = 16_000_000;
    private const long MostValuesOnGpu = 400_000_000;
    private static readonly int[] OnCpu = [16, 32, 64, 128, 256, 1000];
    private static readonly int[] OnGpu = [64, 256, 512, 1000, 2000, 4000];

    /// <summary>
    /// The sweep's <c>batchSize</c>, else the architecture's own: never anything of the device that happens to count, because
    /// kernels may round differently per shape.
    /// </summary>
    public static int For(ModelSpec model, ExecutionPlan execution) =>
        Math.Clamp(
            execution.BatchSize
                ?? (model.Architecture is { } name ? ArchitectureCatalogue.Find(name)?.BatchRows : null)
                ?? Default,
            1,
            Most
        );

    /// <summary>Rows of a cell: what its sweep chose, or for definitions of earlier versions what it would have.</summary>
    public static int Of(SweepDefinition sweep, CellDefinition cell) =>
        cell.BatchRows is { } rows ? Math.Clamp(rows, 1, Most) : For(sweep.ModelOf(cell).Spec, sweep.Execution);

    /// <summary>Rows worth timing on a kind of device, ascending, with those that are standard for the model.</summary>
    public static IReadOnlyList<int> Candidates(ImageShape shape, int standard, string deviceKind)
    {
        var (sizes, most) = deviceKind == "cuda" ? (OnGpu, MostValuesOnGpu) : (OnCpu, MostValuesOnCpu);
        return [.. sizes.Where(rows => (long)rows * shape.Dimension <= most).Append(standard).Distinct().Order()];
    }
}
