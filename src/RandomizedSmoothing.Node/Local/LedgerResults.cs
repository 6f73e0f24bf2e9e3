using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Node.Local;

/// <summary>Reads a whole sweep out of a ledger as reports take it.</summary>
public static class LedgerResults
{
    /// <summary>The sweep with the votes of all its cells, in grid order.</summary>
    public static async Task<SweepResults> ReadAsync(
        ISweepLedger ledger,
        SweepDefinition sweep,
        SweepState state,
        IReadOnlyList<string> warnings,
        RunEnvironment environment,
        CancellationToken cancellation
    )
    {
        var votes = new List<CellVotes>(sweep.Cells.Count);
        foreach (var cell in sweep.Cells)
        {
            votes.Add(await LedgerVotes.ReadCellAsync(ledger, sweep, cell, cancellation));
        }

        return new SweepResults
        {
            Sweep = sweep,
            Votes = votes,
            State = state,
            Warnings = warnings,
            Environment = environment,
        };
    }
}
