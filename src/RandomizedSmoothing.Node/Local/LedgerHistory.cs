using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Local;

/// <summary>What a results folder's ledger already knows of a sweep.</summary>
/// <param name="Sweeps">All sweeps of the ledger, the first submitted first.</param>
/// <param name="Previous">The definition last submitted; null in a new ledger, and where it cannot be read.</param>
/// <param name="Definition">The sweep to run, under the id it has or gets in this ledger.</param>
/// <param name="Reuse">What it takes over from the votes that are recorded.</param>
public sealed record LedgerHistory(
    IReadOnlyList<SweepRecord> Sweeps,
    SweepDefinition? Previous,
    SweepDefinition Definition,
    ReuseReport Reuse
)
{
    /// <summary>The record of the sweep to run; null when it was never submitted.</summary>
    public SweepRecord? Record => Sweeps.FirstOrDefault(record => record.Id == Definition.Id);

    /// <summary>Compares a resolved sweep with an open ledger.</summary>
    /// <param name="ledger">An open ledger, or null for none.</param>
    /// <param name="resolved">The sweep; its id is replaced.</param>
    /// <param name="directory">The results folder, for messages.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserErrorException">The ledger belongs to another sweep.</exception>
    public static async Task<LedgerHistory> ReadAsync(
        ISweepLedger? ledger,
        SweepDefinition resolved,
        string directory,
        CancellationToken cancellation
    )
    {
        var sweeps = ledger is null ? [] : await ledger.ListSweepsAsync(cancellation);
        if (sweeps.Count > 0 && sweeps[^1].Name != resolved.Name)
        {
            throw new UserErrorException(
                $"The folder '{directory}' holds the results of the sweep '{sweeps[^1].Name}', and this sweep is named "
                    + $"'{resolved.Name}'. Choose another folder with --out, or give the sweep its old name to go on with it. Nothing "
                    + "was changed."
            );
        }

        if (ledger is not null)
        {
            resolved = await BatchTuning.AdoptAsync(resolved, ledger, sweeps.Reverse(), cancellation);
        }

        var previous = sweeps.Count == 0 ? null : await ledger!.TryReadDefinitionAsync(sweeps[^1].Id, cancellation);
        var definition =
            previous is not null && resolved.IsSameAs(previous)
                ? previous
                : resolved with
                {
                    Id = SweepIds.For(resolved.Name, sweeps.Select(s => s.Id)),
                };
        var recorded = new Dictionary<CellId, CellVotes>();
        if (ledger is not null)
        {
            foreach (var cell in definition.Cells)
            {
                var votes = await LedgerVotes.ReadDrawnAsync(ledger, definition, cell, cancellation);
                if (votes.Images.Any(image => image.Selection.Total + image.Estimation.Total > 0))
                {
                    recorded[cell.Id] = votes;
                }
            }
        }

        var reuse = ReuseReport.Compare(
            definition,
            previous,
            cell => recorded.GetValueOrDefault(cell.Id),
            cell => CellStoppingRule.Of(definition, cell)
        );
        return new LedgerHistory(sweeps, previous, definition, reuse);
    }
}
