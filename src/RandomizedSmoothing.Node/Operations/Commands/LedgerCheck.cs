using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Operations.Commands;

/// <summary>Something in the ledger that contradicts something else in it.</summary>
public sealed record LedgerFinding(SweepId Sweep, CellId? Cell, string Text);

/// <summary>Reads a sweep back as a certifier would and compares it with what the ledger says of it.</summary>
public static class LedgerCheck
{
    /// <summary>What does not fit together in one sweep.</summary>
    public static async Task<IReadOnlyList<LedgerFinding>> OfAsync(
        ISweepLedger ledger,
        SweepRecord record,
        CancellationToken cancellation
    )
    {
        var findings = new List<LedgerFinding>();
        if (await ledger.TryReadDefinitionAsync(record.Id, cancellation) is not { } definition)
        {
            return [new LedgerFinding(record.Id, null, "its definition is missing or cannot be understood")];
        }

        var troubles = await ledger.ReadTroublesAsync(record.Id, cancellation);
        foreach (var cell in definition.Cells)
        {
            var votes = await LedgerVotes.ReadCellAsync(ledger, definition, cell, cancellation);
            findings.AddRange(Votes(definition, votes).Select(text => new LedgerFinding(record.Id, cell.Id, text)));
            var given = troubles.Where(t => t.Cell == cell.Id && t.Kind != TroubleKind.Retry).Sum(t => t.Count);
            findings.AddRange(
                Totals(definition, record, votes, given).Select(text => new LedgerFinding(record.Id, cell.Id, text))
            );
        }

        return findings;
    }

    private static IEnumerable<string> Votes(SweepDefinition sweep, CellVotes votes)
    {
        var classes = votes.Dataset.Classes;
        var n0 = CellStoppingRule.DrawsPerImage(sweep, votes.Cell).Selection;
        foreach (var image in votes.Images)
        {
            foreach (var (stream, counts) in Streams(image))
            {
                if (counts.Classes != classes)
                {
                    yield return FormattableString.Invariant(
                        $"image {image.ImageIndex}: {stream} votes over {counts.Classes} classes in a data set of {classes}"
                    );
                }
            }

            if (image.Estimation.Total > 0 && image.Selection.Total < n0)
            {
                yield return FormattableString.Invariant(
                    $"image {image.ImageIndex}: {image.Estimation.Total} estimation votes after {image.Selection.Total} of {n0} selection votes"
                );
            }
        }
    }

    private static IEnumerable<string> Totals(SweepDefinition sweep, SweepRecord record, CellVotes votes, int givenUp)
    {
        var rule = CellStoppingRule.Of(sweep, votes.Cell);
        var done = votes.Images.Count(i => rule.NextTarget(i.Label, i.Selection, i.Estimation) is null);
        var claimed = record.Progress?.Cells.FirstOrDefault(c => c.Cell == votes.Cell.Id)?.ImagesDone ?? 0;
        if (done < claimed)
        {
            yield return FormattableString.Invariant(
                $"{claimed} images are said to be done, {done} have all their votes"
            );
        }

        if (record.State == SweepState.Completed && done < votes.Images.Count)
        {
            yield return FormattableString.Invariant(
                $"the sweep is completed, but {votes.Images.Count - done} of {votes.Images.Count} images lack votes"
            );
        }

        if (record.State == SweepState.CompletedWithGaps && done + givenUp < votes.Images.Count)
        {
            yield return FormattableString.Invariant(
                $"{votes.Images.Count - done} images lack votes, of which {givenUp} were given up"
            );
        }
    }

    private static IEnumerable<(string Stream, VoteCounts Counts)> Streams(ImageVotes image) =>
        [("selection", image.Selection), ("estimation", image.Estimation)];
}
