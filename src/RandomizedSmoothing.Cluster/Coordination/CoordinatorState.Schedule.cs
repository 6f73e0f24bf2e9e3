using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Who gets what next, and when a sweep has ended.</summary>
public sealed partial class CoordinatorState
{
    /// <summary>A device asks for work. A repeat changes nothing.</summary>
    /// <param name="id">The device.</param>
    /// <param name="prefetch">It wants something to hold ready beside what it runs.</param>
    /// <param name="held">The leases that it had when it asked.</param>
    /// <param name="now">Monotonic time.</param>
    public void RequestWork(DeviceId id, bool prefetch, IReadOnlyList<LeaseId> held, TimeSpan now)
    {
        if (Fleet.Find(id) is not { } device)
        {
            return;
        }

        if (!prefetch)
        {
            device.Stalled = null;
        }

        // The device asks without a grant that it was given: it is lost or on its way, and is the answer.
        var isMissing = false;
        foreach (var lease in Leases.OfDevice(id))
        {
            if (lease is { Confirmed: false, Revoked: false } && !held.Contains(lease.Id))
            {
                isMissing = true;
                GrantAgain(lease);
            }
        }

        if (isMissing)
        {
            return;
        }

        Fleet.Wait(device, prefetch ? WorkRequest.Prefetch : WorkRequest.Now);
        Schedule(now);
    }

    private void GrantAgain(Lease lease)
    {
        if (Find(lease.Work.Sweep) is { } sweep)
        {
            var file = lease.Work switch
            {
                TrainingWork work => sweep.FindTraining(work.Key)?.Checkpoint,
                ShardWork work when sweep.Find(work.Shard.Cell) is { } cell => sweep.ModelFileOf(cell.Definition),
                _ => null,
            };
            _effects.Add(new GrantLease(lease, file));
        }
    }

    private void Schedule(TimeSpan now)
    {
        if (!IsOpen || LedgerTrouble is not null || !Fleet.IsWaiting)
        {
            return;
        }

        var sweeps = _sweeps
            .Values.Where(s =>
                s.State is SweepState.Pending or SweepState.Running
                && (s.Work.Images > 0 || s.Trainings.Any(t => t.IsPending))
            )
            .OrderByDescending(s => s.Priority)
            .ThenBy(s => s.Order)
            .ToList();
        if (sweeps.Count == 0)
        {
            return;
        }

        foreach (var device in Fleet.Eligible)
        {
            // What this device does not get, those that come behind it would not get either.
            if (!GrantFromAny(sweeps, device, now))
            {
                return;
            }
        }
    }

    private bool GrantFromAny(List<SweepRun> sweeps, FleetDevice device, TimeSpan now)
    {
        foreach (var sweep in sweeps)
        {
            if (TryGrant(sweep, device, now))
            {
                return true;
            }

            // Work is held ready of the foremost sweep only, or its last shards would wait behind those of others.
            if (device.Request == WorkRequest.Prefetch && sweep.Work.Images > 0)
            {
                return false;
            }
        }

        return false;
    }

    private bool TryGrant(SweepRun sweep, FleetDevice device, TimeSpan now)
    {
        var prefetch = device.Request == WorkRequest.Prefetch;
        if (!prefetch && sweep.Trainings.FirstOrDefault(t => IsFree(t)) is { } training)
        {
            var work = new TrainingWork(sweep.Id, training.Task.Key);
            training.Lease = Grant(
                sweep,
                device,
                work,
                training.Checkpoint,
                new RetryRange(default, 0, training.Losses, ""),
                now
            ).Id;
            training.Fraction = 0;
            return true;
        }

        foreach (var cell in sweep.Work.From(sweep.Cells))
        {
            if (!cell.HasWork || sweep.ModelFileOf(cell.Definition) is not { } file)
            {
                continue;
            }

            var size = ShardSize(sweep, cell, now);
            if (prefetch && sweep.Work.Images <= (long)Fleet.DeviceCount * size)
            {
                // The last shards go to whoever is free first.
                return false;
            }

            var taken = cell.Take(size)!;
            var shard = new SampleShard(sweep.Id, cell.Definition.Id, taken.Range.First, taken.Range.Count);
            Grant(sweep, device, new ShardWork(shard), file, taken, now);
            return true;
        }

        return false;
    }

    private Lease Grant(
        SweepRun sweep,
        FleetDevice device,
        WorkUnit work,
        ContentHash? file,
        RetryRange origin,
        TimeSpan now
    )
    {
        var lease = new Lease(
            new LeaseId(string.Create(CultureInfo.InvariantCulture, $"{incarnation}-{++_leaseNumber}")),
            device.Id,
            work,
            now + settings.LeaseDuration,
            Prefetched: device.Request == WorkRequest.Prefetch,
            Attempts: origin.Attempts,
            Losses: origin.Losses
        )
        {
            GrantedAt = now,
            Since = now,
        };
        Leases.Put(lease);
        Fleet.Served(device);
        if (sweep.State == SweepState.Pending)
        {
            SetState(sweep, SweepState.Running, null, "started");
        }

        _effects.Add(new GrantLease(lease, file));
        return lease;
    }

    // The same training may belong to several sweeps; one device at a time works on it.
    private bool IsFree(TrainingRun training) => training.IsPending && !Leases.OfTraining(training.Task.Key).Any();

    private int ShardSize(SweepRun sweep, CellRun cell, TimeSpan now)
    {
        var sizing = new ShardSizing
        {
            DrawsPerImage = cell.DrawsPerImage,
            DrawsPerSecond = sweep.Meter.Rate(now) is > 0 and var rate
                ? rate / Math.Max(1, Leases.DevicesOf(sweep.Id))
                : null,
            TargetSeconds = settings.ShardSeconds,
            Devices = Math.Max(1, Fleet.DeviceCount),
            FixedImages = sweep.Definition.Execution.ShardImages,
        };
        return sizing.Images(sweep.Work.Images);
    }

    private void Finish(SweepRun sweep, TimeSpan now)
    {
        if (sweep.IsFinal || sweep.State == SweepState.Paused || Leases.OfSweep(sweep.Id).Any())
        {
            return;
        }

        if (!IsDone(sweep))
        {
            return;
        }

        var failed = sweep.Cells.Where(cell => cell.Failure is not null).ToList();
        var missing = sweep.Cells.Sum(cell => cell.QuarantinedImages);
        if (sweep.Cells.Count > 0 && failed.Count == sweep.Cells.Count)
        {
            SetState(sweep, SweepState.Failed, failed[0].Failure, "failed");
        }
        else if (missing > 0)
        {
            var images = sweep.Cells.Sum(cell => cell.Images);
            var reason = string.Create(
                CultureInfo.InvariantCulture,
                $"{missing} of {images} images are missing: {string.Join("; ", sweep.Warnings)}"
            );
            SetState(sweep, SweepState.CompletedWithGaps, reason, "completed with gaps");
        }
        else
        {
            SetState(sweep, SweepState.Completed, null, "completed");
        }

        RevokePrefetchedOf(sweep);
        Schedule(now);
    }

    // Backwards, because cells are opened and handed out in grid order: the last ones are the last to be done.
    private static bool IsDone(SweepRun sweep)
    {
        for (var i = sweep.Cells.Count - 1; i >= 0; i--)
        {
            var cell = sweep.Cells[i];
            if (!cell.IsOpen || (cell.Failure is null && !cell.IsIdle))
            {
                return false;
            }
        }

        return true;
    }

    private void RevokePrefetchedOf(SweepRun sweep)
    {
        foreach (var lease in Leases.OfSweep(sweep.Id).Where(l => l.Prefetched).ToList())
        {
            Revoke(lease, "the sweep has ended");
        }
    }
}
