using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// The stopping rule of a cell: the one function by which devices decide what to draw, aggregators what is finished, and
/// plans what is missing.
/// </summary>
public static class CellStoppingRule
{
    /// <summary>The rule that the sweep's plan and the cell's noise ask for.</summary>
    public static IStoppingRule Of(SweepDefinition sweep, CellDefinition cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return new FixedStoppingRule(sweep.Plan);
    }
}
