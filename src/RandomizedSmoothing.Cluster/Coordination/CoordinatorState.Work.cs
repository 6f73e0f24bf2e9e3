using System.Globalization;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Work handed out, ended and accounted for.</summary>
public sealed partial class CoordinatorState
{
    // A lost device says little about the shard, so losses are forgiven more often than failures.
    private const int LossesPerAttempt = 2;

    /// <summary>A device reports that every image of its shard is counted and recorded.</summary>
    public void ShardCounted(DeviceId device, LeaseId id, TimeSpan now) =>
        End(
            device,
            id,
            lease =>
            {
                Succeeded(lease);
                if (lease.GrantedAt is { } granted)
                {
                    Instruments.Shards.Record(
                        (now - granted).TotalSeconds,
                        new KeyValuePair<string, object?>(Instruments.Worker, device.Worker)
                    );
                }

                Settle(lease, null, mustBeFinished: true, now);
            },
            now
        );

    /// <summary>A device gives its work back unfinished, without fault.</summary>
    /// <param name="device">The device.</param>
    /// <param name="id">The lease.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="checkpoint">Of a training: where the next device can go on.</param>
    public void WorkReturned(DeviceId device, LeaseId id, TimeSpan now, ContentHash? checkpoint = null) =>
        End(device, id, lease => HandBack(lease, checkpoint, now), now);

    /// <summary>A device failed at its work.</summary>
    /// <param name="device">The device.</param>
    /// <param name="id">The lease.</param>
    /// <param name="reason">What went wrong.</param>
    /// <param name="permanent">Trying again cannot help.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="ofMachine">Its machine is at fault, which counts only where no other is left to try.</param>
    public void WorkFailed(
        DeviceId device,
        LeaseId id,
        string reason,
        bool permanent,
        TimeSpan now,
        bool ofMachine = false
    ) =>
        End(
            device,
            id,
            lease =>
            {
                if (Find(lease.Work.Sweep) is not { } sweep)
                {
                    return;
                }

                Note(sweep, "failed", $"{lease.Work} on {device}: {reason}");
                if (ofMachine && IsLeftToOthers(sweep, lease, reason))
                {
                    HandBack(lease, null, now);
                }
                else
                {
                    Fail(sweep, lease, reason, permanent, now);
                }
            },
            now
        );

    /// <summary>A trained model's file is recorded; the cells that wait for it can go on, in every sweep.</summary>
    public void ModelTrained(ContentHash trainingKey, ContentHash file, TimeSpan now)
    {
        foreach (var sweep in _sweeps.Values)
        {
            if (sweep.FindTraining(trainingKey) is { File: null } training)
            {
                training.File = file;
                training.Fraction = 1;
                training.Lease = null;
                Note(
                    sweep,
                    "trained",
                    $"{training.Model.Name} at sigma {Text(training.Task.Sigma)}: file {file.Short}"
                );
            }
        }

        foreach (var lease in Leases.OfTraining(trainingKey).ToList())
        {
            Succeeded(lease);
            Leases.Remove(lease.Id);
            _effects.Add(new CloseLease(lease.Device, lease.Id));
        }

        Schedule(now);
    }

    /// <summary>The aggregator's answer: which images of the range are not finished, and the cell's totals.</summary>
    public void CellSettled(
        SweepId id,
        CellId cellId,
        OrdinalRange range,
        IReadOnlyList<OrdinalRange> unfinished,
        int imagesDone,
        long draws,
        TimeSpan now
    )
    {
        if (Find(id) is not { } sweep || sweep.Find(cellId) is not { } cell)
        {
            return;
        }

        if (!cell.IsOpen && range == cell.All)
        {
            sweep.Advance(cell, imagesDone, draws);
            OpenCell(id, cell, OrdinalRanges.Of(unfinished));
            AskNext(now);
        }
        else
        {
            CellAdvanced(id, cellId, imagesDone, draws, now);
            if (cell.Settlements.Find(s => s.Range == range) is { } settlement)
            {
                cell.Settlements.Remove(settlement);
                Requeue(sweep, cell, settlement, unfinished);
            }
        }

        Finish(sweep, now);
        Schedule(now);
    }

    /// <summary>New totals of a cell.</summary>
    public void CellAdvanced(SweepId id, CellId cellId, int imagesDone, long draws, TimeSpan now)
    {
        if (Find(id) is { } sweep && sweep.Find(cellId) is { IsOpen: true } cell)
        {
            sweep.Meter.Add(now, sweep.Advance(cell, imagesDone, draws));
        }
    }

    /// <summary>Votes of a device contradict recorded ones: the recorded ones stay, people are told, the device is doubted.</summary>
    public void VotesConflicted(SweepId id, CellId cell, DeviceId device, string detail)
    {
        if (Fleet.Find(device) is { } known)
        {
            known.Suspicion ??= $"{cell}: {detail}";
        }

        if (Find(id) is { } sweep)
        {
            Warn(sweep, $"Votes of {device} contradict recorded ones in {cell}: {detail}");
            Note(sweep, "conflict", $"{device}, {cell}: {detail}");
        }
    }

    private void End(DeviceId device, LeaseId id, Action<Lease> end, TimeSpan now)
    {
        _effects.Add(new CloseLease(device, id));
        if (Leases.Find(id) is { } lease && lease.Device == device)
        {
            Leases.Remove(id);
            end(lease);
            if (Find(lease.Work.Sweep) is { } sweep)
            {
                Finish(sweep, now);
            }

            Schedule(now);
        }
    }

    private void HandBack(Lease lease, ContentHash? checkpoint, TimeSpan now)
    {
        if (lease.Work is TrainingWork work && Find(work.Sweep)?.FindTraining(work.Key) is { } training)
        {
            training.Lease = null;
            training.Checkpoint = checkpoint ?? training.Checkpoint;
        }
        else
        {
            Settle(lease, null, mustBeFinished: false, now);
        }
    }

    private void Lose(Lease lease, string reason, TimeSpan now)
    {
        if (Find(lease.Work.Sweep) is not { } sweep)
        {
            return;
        }

        var losses = lease.Advanced ? 0 : lease.Losses + 1;
        if (losses >= LossesPerAttempt * sweep.Definition.Execution.MaxAttempts)
        {
            Fail(sweep, lease with { Attempts = int.MaxValue - 1 }, reason, permanent: false, now);
        }
        else if (lease.Work is TrainingWork work && sweep.FindTraining(work.Key) is { } training)
        {
            training.Lease = null;
            training.Losses = losses;
        }
        else
        {
            Settle(lease with { Losses = losses }, null, mustBeFinished: false, now);
        }

        Finish(sweep, now);
    }

    private void Fail(SweepRun sweep, Lease lease, string reason, bool permanent, TimeSpan now)
    {
        switch (lease.Work)
        {
            case TrainingWork work when sweep.FindTraining(work.Key) is { } training:
                training.Lease = null;
                training.Attempts++;
                if (
                    permanent
                    || lease.Attempts >= int.MaxValue - 1
                    || training.Attempts >= sweep.Definition.Execution.MaxAttempts
                )
                {
                    training.Failure = reason;
                    foreach (var cell in sweep.Cells.Where(c => sweep.TrainingOf(c.Definition) == training))
                    {
                        FailCell(sweep, cell, $"training of {training.Model.Name} failed: {reason}");
                    }
                }

                break;
            case ShardWork work when permanent && sweep.Find(work.Shard.Cell) is { } cell:
                FailCell(sweep, cell, reason);
                break;
            case ShardWork:
                Settle(lease with { Attempts = lease.Attempts + 1 }, reason, mustBeFinished: false, now);
                break;
        }
    }

    private void FailCell(SweepRun sweep, CellRun cell, string reason)
    {
        if (cell.Failure is not null)
        {
            return;
        }

        cell.Failure = reason;
        cell.Pending.Clear();
        cell.ClearRetries();
        cell.Settlements.Clear();
        Warn(sweep, $"{cell.Definition.Id}: {reason}");
        _effects.Add(
            new SaveTroubles(
                sweep.Id,
                cell.Definition.Id,
                cell.All,
                [cell.Trouble(cell.All, TroubleKind.Failed, 1, reason)]
            )
        );
        foreach (var lease in Leases.OfCell(sweep.Id, cell.Definition.Id).ToList())
        {
            Revoke(lease, "the cell has failed");
        }
    }

    private void Settle(Lease lease, string? failure, bool mustBeFinished, TimeSpan now)
    {
        if (lease.Work is not ShardWork work || Find(work.Sweep)?.Find(work.Shard.Cell) is not { Failure: null } cell)
        {
            return;
        }

        cell.Settlements.Add(new Settlement(work.Range, failure, lease.Attempts, lease.Losses, mustBeFinished, now));
        _effects.Add(new SettleRange(work.Sweep, work.Shard.Cell, work.Range));
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
