using RandomizedSmoothing.Cluster.Coordination;
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
    private readonly FixedDraws? _plan = FixedDraws.Of(Sweep, Cell);

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
            await definitions.ReadAsync(ledger, sweepId)
            ?? throw new InvalidDataException($"The ledger {ledger.Location} has no sweep {sweepId}.");
        var cell = sweep.FindCell(cellId) ?? throw new InvalidDataException($"Sweep {sweepId} has no cell {cellId}.");
        var dataset = sweep.DatasetOf(cell);
        var view = new CellView(sweep, cell, dataset, new CellTally(dataset, CellStoppingRule.Of(sweep, cell)));
        var from = 0;
        while (true)
        {
            var page = await ledger.ReadVotesAsync(cell.VoteKey, from, imagesPerRead, CancellationToken.None);
            foreach (var votes in page)
            {
                view.Apply(votes);
            }

            if (page.Count < imagesPerRead)
            {
                return view;
            }

            from = page[^1].ImageIndex + 1;
        }
    }

    /// <summary>
    /// Reads the recorded votes of a range of ordinals, those from which the cell's plan draws on; the ledger may hold other images between them.
    /// </summary>
    public async Task<IReadOnlyList<StoredVotes>> ReadAsync(ISweepLedger ledger, OrdinalRange range, int imagesPerRead)
    {
        var all = new List<StoredVotes>();
        var last = Dataset.IndexOf(Math.Min(range.End, Dataset.Count) - 1);
        var from = Dataset.IndexOf(range.First);
        var limit = Math.Min(imagesPerRead, last - from + 1);
        while (from <= last)
        {
            var page = await ledger.ReadVotesAsync(Cell.VoteKey, from, limit, CancellationToken.None);
            all.AddRange(
                page.Where(votes => votes.ImageIndex <= last && Tally.Knows(votes.ImageIndex))
                    .Select(votes => votes.DrawnBy(_plan))
            );
            if (page.Count < limit)
            {
                break;
            }

            from = page[^1].ImageIndex + 1;
        }

        return all;
    }

    /// <summary>Takes in the recorded votes of an image, as far as the cell's plan draws.</summary>
    /// <returns>Whether the image has become finished by it.</returns>
    public bool Apply(StoredVotes recorded) => Tally.Apply(recorded.DrawnBy(_plan));
}
