using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Work that a slow device holds while another has nothing to do.</summary>
public sealed partial class CoordinatorState
{
    // As many times as long as the other needs for all of it, so that devices of about one speed leave each other their work; and
    // some shards long, so that a single image is not passed around.
    private const int OverdueAfterTimes = 4;
    private const int OverdueAfterShards = 3;

    // What is recorded of it stays, and what the slow device still sends changes nothing: both count the same votes.
    private void HandOnOverdue(TimeSpan now)
    {
        if (!IsOpen || LedgerTrouble is not null || !Fleet.IsWaiting)
        {
            return;
        }

        // Whoever still waits to begin something got nothing of what is pending.
        var idle = new Queue<FleetDevice>(Fleet.Eligible.Where(device => device.Request == WorkRequest.Now));
        foreach (var lease in Leases.All.OrderBy(lease => lease.Since).ToList())
        {
            if (!idle.TryPeek(out var device))
            {
                return;
            }

            if (
                device.Id != lease.Device
                && lease is { Revoked: false, Work: ShardWork work }
                && Find(work.Sweep) is { State: SweepState.Running } sweep
                && sweep.Find(work.Shard.Cell) is { Settlements.Count: 0 } cell
                && now - lease.Since >= OverdueAfter(sweep, cell, lease, work, device)
            )
            {
                idle.Dequeue();
                HandOn(sweep, lease, now);
            }
        }
    }

    private TimeSpan OverdueAfter(SweepRun sweep, CellRun cell, Lease lease, ShardWork work, FleetDevice device)
    {
        var shard = TimeSpan.FromSeconds(settings.ShardSeconds);
        if (lease.Prefetched)
        {
            return shard;
        }

        // A device that nobody has measured is taken for one of ordinary speed.
        var needed =
            device.DrawsPerSecond > 0
                ? TimeSpan.FromSeconds(work.Range.Count * sweep.DrawsPerImage(cell) / device.DrawsPerSecond)
                : shard;
        return needed * OverdueAfterTimes > shard * OverdueAfterShards
            ? needed * OverdueAfterTimes
            : shard * OverdueAfterShards;
    }

    private void HandOn(SweepRun sweep, Lease lease, TimeSpan now)
    {
        var reason = string.Create(
            CultureInfo.InvariantCulture,
            $"{lease.Device} has had it for {(now - lease.Since).TotalSeconds:0} s, and others have nothing to do"
        );
        Leases.Remove(lease.Id);
        _effects.Add(new RevokeLease(lease.Device, lease.Id, reason));
        Note(sweep, "overdue", $"{lease.Work} goes to another device: {reason}");
        Lose(lease with { Advanced = true }, reason, now);
    }
}
