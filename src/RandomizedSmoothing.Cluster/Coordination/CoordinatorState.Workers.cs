using System.Globalization;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>A lease that a worker holds when it registers.</summary>
/// <param name="Lease">The grant, perhaps of an earlier coordinator.</param>
/// <param name="Device">The device.</param>
/// <param name="Work">The work.</param>
/// <param name="Running">Begun, or only prefetched.</param>
public sealed record HeldLease(LeaseId Lease, string Device, WorkUnit Work, bool Running);

/// <summary>What a device says about a lease while it holds it.</summary>
/// <param name="Lease">The grant.</param>
/// <param name="Device">The device.</param>
/// <param name="Running">Begun, or only prefetched.</param>
/// <param name="Advanced">Whether something was counted under it.</param>
/// <param name="Fraction">Of a training run: how far it is, 0 to 1.</param>
/// <param name="Idle">For how long the device has shown no progress with it; zero while it is not begun.</param>
/// <param name="DrawsPerSecond">Of the device over the last seconds.</param>
/// <param name="Memory">Of the device; null where it is not known.</param>
public sealed record LeaseReport(
    LeaseId Lease,
    string Device,
    bool Running,
    bool Advanced,
    double Fraction,
    TimeSpan Idle = default,
    double DrawsPerSecond = 0,
    DeviceMemory? Memory = null
);

/// <summary>Workers that come, report, drain and go.</summary>
public sealed partial class CoordinatorState
{
    /// <summary>
    /// A worker presents itself with what it holds. Held work that nobody else has is left to it; the rest is called back.
    /// A repeat by the same process is a no-op; a new process at the same address loses what the old one held.
    /// </summary>
    public void Register(WorkerDescription worker, IReadOnlyList<HeldLease> held, TimeSpan now)
    {
        if (Fleet.Find(worker.Name) is { } known && known.Description.Incarnation != worker.Incarnation)
        {
            WorkerLost(worker.Name, "it was started anew", now);
        }

        if (Fleet.Find(worker.Name) is null)
        {
            Fleet.Put(new FleetWorker(worker));
        }

        foreach (var lease in held)
        {
            Adopt(new DeviceId(worker.Name, lease.Device), lease, now);
        }

        var holds = held.Select(h => h.Lease).ToHashSet();
        foreach (var lease in Leases.All.Where(l => l.Device.Worker == worker.Name && !holds.Contains(l.Id)).ToList())
        {
            if (lease is { Confirmed: false, Revoked: false })
            {
                // The grant is lost or has crossed this message: the same once more does no harm, another would.
                GrantAgain(lease);
                continue;
            }

            Leases.Remove(lease.Id);
            Lose(lease with { Advanced = true }, "the device dropped it", now);
        }

        Schedule(now);
    }

    /// <summary>A worker is gone: its work goes to others.</summary>
    public void WorkerLost(string worker, string reason, TimeSpan now)
    {
        Fleet.Remove(worker);
        foreach (var lease in Leases.RemoveWorker(worker))
        {
            if (Find(lease.Work.Sweep) is { } sweep)
            {
                Note(sweep, "worker-lost", $"{lease.Work} goes to another device: {worker}: {reason}");
            }

            Lose(lease, $"worker {worker} was lost: {reason}", now);
        }

        Schedule(now);
    }

    /// <summary>A worker says what it is doing; deadlines move on. What it should not be doing is called back.</summary>
    /// <returns>Whether the worker is known; one that is not is to register.</returns>
    public bool Renew(string worker, IReadOnlyList<LeaseReport> reports, TimeSpan now)
    {
        if (Fleet.Find(worker) is null)
        {
            return false;
        }

        foreach (var report in reports)
        {
            var device = new DeviceId(worker, report.Device);
            if (report.Running && Fleet.Find(device) is { } known)
            {
                (known.DrawsPerSecond, known.Memory) = (report.DrawsPerSecond, report.Memory);
            }

            if (!Leases.Renew(report.Lease, device, now + settings.LeaseDuration, report.Running, report.Advanced))
            {
                _effects.Add(new RevokeLease(device, report.Lease, "the lease has ended"));
                continue;
            }

            var lease = Leases.Find(report.Lease)!;
            if (report.Idle >= settings.StallAfter)
            {
                Stall(lease, report.Idle, now);
                continue;
            }

            if (lease.Revoked)
            {
                _effects.Add(new RevokeLease(device, report.Lease, "called back"));
            }

            if (lease.Work is TrainingWork work && Find(work.Sweep)?.FindTraining(work.Key) is { } training)
            {
                training.Fraction = report.Fraction;
            }
        }

        return true;
    }

    /// <summary>A worker is to get no more work and to give back what it holds.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Drain(string worker)
    {
        if (Fleet.Find(worker) is not { } known)
        {
            var names = string.Join(", ", Fleet.Workers.Select(w => w.Description.Name).Order(StringComparer.Ordinal));
            return $"There is no worker '{worker}'. The workers are: {(names.Length == 0 ? "none" : names)}.";
        }

        known.Draining = true;
        return null;
    }

    // The device computes nothing, yet its worker answers: what it holds goes to others, and it gets nothing until it is
    // free again, which it says by asking for work to begin at once.
    private void Stall(Lease stalled, TimeSpan idle, TimeSpan now)
    {
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"{stalled.Device} made no progress for {idle.TotalSeconds:0} s"
        );
        if (Fleet.Find(stalled.Device) is { } device)
        {
            device.Stalled = reason;
        }

        foreach (var lease in Leases.OfDevice(stalled.Device).ToList())
        {
            Leases.Remove(lease.Id);
            _effects.Add(new RevokeLease(lease.Device, lease.Id, reason));
            if (Find(lease.Work.Sweep) is not { } sweep)
            {
                continue;
            }

            if (lease.Id == stalled.Id)
            {
                Note(sweep, "stalled", $"{lease.Work} goes to another device: {reason}");
                Fail(sweep, lease, reason, permanent: false, now);
            }
            else
            {
                Lose(lease with { Advanced = true }, reason, now);
            }

            Finish(sweep, now);
        }

        Schedule(now);
    }

    /// <summary>Calls work back from the device that holds it; what was counted stays, and the rest goes to whoever asks.</summary>
    /// <param name="work">As people see it: <see cref="DeviceView.Work"/>.</param>
    /// <returns>Null, or why not.</returns>
    public string? Release(string work)
    {
        var held = Leases.All.Where(l => l.Work.ToString() == work).ToList();
        if (held.Count == 0)
        {
            return $"No device holds '{work}'; 'shard leased' lists what is held.";
        }

        held.ForEach(lease => Revoke(lease, "released by a user"));
        return null;
    }

    private void Adopt(DeviceId device, HeldLease held, TimeSpan now)
    {
        if (Leases.Find(held.Lease) is { } known && known.Device == device)
        {
            Leases.Put(known with { Deadline = now + settings.LeaseDuration, Confirmed = true });
            return;
        }

        var sweep = Find(held.Work.Sweep);
        var lease = new Lease(held.Lease, device, held.Work, now + settings.LeaseDuration, !held.Running)
        {
            Confirmed = true,
            Since = now,
        };
        var adopted =
            Fleet.Find(device)?.Stalled is null
            && sweep is { State: SweepState.Running or SweepState.Pending }
            && TryTake(sweep, lease);
        if (adopted)
        {
            Leases.Put(lease);
            if (sweep!.State == SweepState.Pending)
            {
                SetState(sweep, SweepState.Running, null, "started");
            }
        }
        else
        {
            _effects.Add(new RevokeLease(device, held.Lease, "the work has gone to another device or is finished"));
        }
    }

    private bool TryTake(SweepRun sweep, Lease lease)
    {
        switch (lease.Work)
        {
            case TrainingWork work when sweep.FindTraining(work.Key) is { } training && IsFree(training):
                training.Lease = lease.Id;
                return true;
            case ShardWork work when sweep.Find(work.Shard.Cell) is { Failure: null } cell:
                if (!cell.IsOpen)
                {
                    return !Leases
                        .OfCell(sweep.Id, cell.Definition.Id)
                        .Any(l => l.Work is ShardWork other && Overlap(other.Range, work.Range));
                }

                // Finished images may lie between pending ones: all that is still to do of the range must be free.
                var parts = cell.Pending.Within(work.Range);
                var free = Leases
                    .OfCell(sweep.Id, cell.Definition.Id)
                    .All(l => l.Work is not ShardWork other || !Overlap(other.Range, work.Range));
                if (!free || parts.Count == 0 || cell.Settlements.Exists(s => Overlap(s.Range, work.Range)))
                {
                    return false;
                }

                cell.Pending.Remove(work.Range);
                return true;
            default:
                return false;
        }
    }

    private static bool Overlap(OrdinalRange a, OrdinalRange b) => a.First < b.End && b.First < a.End;
}
