using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Aggregation;

/// <summary>One cell as the ledger has it.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Dataset">Its images.</param>
/// <param name="Tally">How far its images are.</param>
internal sealed record CellView(SweepDefinition Sweep, CellDefinition Cell, DatasetReference Dataset, CellTally Tally)
{
    /// <summary>Reads a cell, some images at a time.</summary>
    /// <exception cref="InvalidDataException">The ledger has no such sweep or cell.</exception>
    public static async Task<CellView> LoadAsync(
        ISweepLedger ledger,
        DefinitionCache definitions,
        SweepId sweepId,
        CellId cellId,
        int imagesPerRead
    )
    {
        var sweep =
            definitions.Find(sweepId)
            ?? await ledger.ReadDefinitionAsync(sweepId, CancellationToken.None)
            ?? throw new InvalidDataException($"The ledger {ledger.Location} has no sweep {sweepId}.");
        definitions.Put(sweep);
        var cell = sweep.FindCell(cellId) ?? throw new InvalidDataException($"Sweep {sweepId} has no cell {cellId}.");
        var dataset = sweep.DatasetOf(cell);
        var tally = new CellTally(dataset, CellStoppingRule.Of(sweep, cell));
        var from = 0;
        while (true)
        {
            var page = await ledger.ReadVotesAsync(cell.VoteKey, from, imagesPerRead, CancellationToken.None);
            foreach (var votes in page)
            {
                tally.Apply(votes);
            }

            if (page.Count < imagesPerRead)
            {
                return new CellView(sweep, cell, dataset, tally);
            }

            from = page[^1].ImageIndex + 1;
        }
    }
}
