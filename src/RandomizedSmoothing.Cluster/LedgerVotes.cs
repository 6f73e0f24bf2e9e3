using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster;

/// <summary>Reads the votes of whole cells out of a ledger, with or without a running cluster.</summary>
public static class LedgerVotes
{
    private const int ImagesPerRead = 2000;

    /// <summary>
    /// The votes of one cell as its plan reads them, one entry per selected image in ordinal order: of a fixed plan exactly n draws
    /// where they are recorded, also where another sweep has drawn more.
    /// </summary>
    /// <param name="ledger">An open ledger.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="cell">One of its cells.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static Task<CellVotes> ReadCellAsync(
        ISweepLedger ledger,
        SweepDefinition sweep,
        CellDefinition cell,
        CancellationToken cancellation
    ) => ReadCellAsync(ledger, sweep, cell, (votes, plan) => votes.ReadBy(plan), cancellation);

    /// <summary>The votes of one cell from which a run of the sweep draws on: of a fixed plan never more than n draws.</summary>
    /// <param name="ledger">An open ledger.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="cell">One of its cells.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static Task<CellVotes> ReadDrawnAsync(
        ISweepLedger ledger,
        SweepDefinition sweep,
        CellDefinition cell,
        CancellationToken cancellation
    ) => ReadCellAsync(ledger, sweep, cell, (votes, plan) => votes.DrawnBy(plan), cancellation);

    private static async Task<CellVotes> ReadCellAsync(
        ISweepLedger ledger,
        SweepDefinition sweep,
        CellDefinition cell,
        Func<StoredVotes, FixedDraws?, StoredVotes> view,
        CancellationToken cancellation
    )
    {
        var plan = FixedDraws.Of(sweep, cell);
        var dataset = sweep.DatasetOf(cell);
        var none = VoteCounts.None(dataset.Classes);
        var images = new ImageVotes[dataset.Count];
        for (var ordinal = 0; ordinal < images.Length; ordinal++)
        {
            images[ordinal] = new ImageVotes(dataset.IndexOf(ordinal), dataset.Labels[ordinal], none, none, 0);
        }

        var from = 0;
        while (true)
        {
            var page = await ledger.ReadVotesAsync(cell.VoteKey, from, ImagesPerRead, cancellation);
            foreach (var stored in page.Where(v => v.ImageIndex % dataset.Step == 0))
            {
                var ordinal = dataset.OrdinalOf(stored.ImageIndex);
                if (ordinal < images.Length)
                {
                    var votes = view(stored, plan);
                    images[ordinal] = images[ordinal] with
                    {
                        Selection = votes.Selection ?? none,
                        Estimation = votes.Estimation ?? none,
                        Seconds = votes.Seconds,
                    };
                }
            }

            if (page.Count < ImagesPerRead)
            {
                return new CellVotes(cell, dataset, images);
            }

            from = page[^1].ImageIndex + 1;
        }
    }
}
