using System.Globalization;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>What becomes of ranges once a cell's aggregator has said which images are not finished.</summary>
public sealed partial class CoordinatorState
{
    private void OpenCell(SweepId id, CellRun cell, OrdinalRanges unfinished)
    {
        cell.IsOpen = true;
        _opening.Remove(cell);
        if (cell.Failure is not null)
        {
            return;
        }

        foreach (var lease in Leases.OfCell(id, cell.Definition.Id))
        {
            unfinished.Remove(((ShardWork)lease.Work).Range);
        }

        foreach (var settlement in cell.Settlements)
        {
            unfinished.Remove(settlement.Range);
        }

        var retries = cell.Retries.ToList();
        cell.ClearRetries();
        foreach (var retry in retries)
        {
            foreach (var part in TakeWithin(unfinished, retry.Range))
            {
                cell.AddRetry(retry with { Range = part });
            }
        }

        var quarantined = cell.Quarantined.ToList();
        cell.Quarantined.Clear();
        foreach (var trouble in quarantined)
        {
            var parts = TakeWithin(unfinished, new OrdinalRange(trouble.First, trouble.Count));
            cell.Quarantined.AddRange(parts.Select(p => trouble with { First = p.First, Count = p.Count }));
        }

        foreach (var range in unfinished.Ranges)
        {
            cell.Pending.Add(range);
        }
    }

    private static IReadOnlyList<OrdinalRange> TakeWithin(OrdinalRanges set, OrdinalRange range)
    {
        var parts = set.Within(range);
        set.Remove(range);
        return parts;
    }

    private void Requeue(SweepRun sweep, CellRun cell, Settlement ended, IReadOnlyList<OrdinalRange> unfinished)
    {
        var failure = ended.Failure;
        var attempts = ended.Attempts;
        if (ended.MustBeFinished && unfinished.Count > 0)
        {
            failure = "the device reported the shard as counted, but votes of some images are missing";
            attempts++;
        }

        foreach (var range in unfinished)
        {
            if (failure is not null && attempts >= sweep.Definition.Execution.MaxAttempts)
            {
                var trouble = cell.Trouble(
                    range,
                    TroubleKind.Quarantined,
                    Math.Min(attempts, sweep.Definition.Execution.MaxAttempts),
                    failure
                );
                cell.Quarantined.Add(trouble);
                Warn(sweep, Quarantine(cell, trouble));
                Note(sweep, "quarantined", Quarantine(cell, trouble));
            }
            else if (attempts == 0 && ended.Losses == 0)
            {
                cell.Pending.Add(range);
            }
            else
            {
                cell.AddRetry(new RetryRange(range, attempts, ended.Losses, failure ?? ""));
            }
        }

        if (attempts > 0)
        {
            var troubles = cell.TroublesWithin(ended.Range);
            _effects.Add(new SaveTroubles(sweep.Id, cell.Definition.Id, ended.Range, troubles));
        }
    }

    private static string Quarantine(CellRun cell, ShardTrouble trouble) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{cell.Definition.Id}: {trouble.Count} images from ordinal {trouble.First} on left out after {trouble.Attempts} attempts: {trouble.Reason}"
        );
}
