using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Dashboard.NewSweep;

/// <summary>What a sweep would take.</summary>
internal sealed record SweepPlan(SweepEstimate Estimate, ReuseReport Reuse);

/// <summary>Says what a sweep would take over from the ledger and what it would have to draw, without starting it.</summary>
internal sealed class SweepPlanner(ISweepLedger ledger)
{
    /// <summary>Plans a resolved sweep.</summary>
    public async Task<SweepPlan> PlanAsync(SweepDefinition definition, CancellationToken cancellation)
    {
        var votes = new Dictionary<CellId, CellVotes>();
        foreach (var cell in definition.Cells)
        {
            votes[cell.Id] = await LedgerVotes.ReadDrawnAsync(ledger, definition, cell, cancellation);
        }

        var previous = await ledger.TryReadDefinitionAsync(definition.Id, cancellation);
        var reuse = ReuseReport.Compare(
            definition,
            previous,
            cell => votes[cell.Id].Images.Any(i => i.Selection.Total + i.Estimation.Total > 0) ? votes[cell.Id] : null,
            cell => CellStoppingRule.Of(definition, cell)
        );
        return new SweepPlan(SweepEstimate.Of(definition, reuse), reuse);
    }
}
