using CsCheck;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Coordination;

/// <summary>Any order of deaths, failures, expiries, returns, pauses and restarts.</summary>
public sealed class CoordinatorCampaignTests
{
    [Fact]
    public void No_image_is_lost_and_none_is_with_two_devices_at_once_whatever_happens()
    {
        Gen.Select(Gen.Int[0, 99].Array[0, 120], Gen.Int[1, 30], Gen.Int[1, 6])
            .Sample(
                (events, images, shard) =>
                {
                    var rig = new StateRig();
                    var sweep = TestSweeps.Sweep(cells: 2, images: images, shardImages: shard, maxAttempts: 1000);
                    rig.Do(s => s.Open(rig.Now));
                    rig.Load(sweep);
                    var workers = 0;
                    foreach (var step in events)
                    {
                        Step(rig, sweep, step, ref workers);
                        ShouldBeDisjoint(rig);
                    }

                    rig.Do(s => s.Resume(sweep.Id, rig.Now));
                    rig.Now += StateRig.Lease * 2;
                    rig.Do(s => s.Tick(rig.Now));
                    var last = rig.Worker("last");
                    rig.Request(last);
                    while (rig.State.Leases.All.FirstOrDefault() is { } lease)
                    {
                        rig.Counted(lease);
                        rig.Request(last);
                    }

                    rig.State.Find(sweep.Id)!.State.ShouldBe(SweepState.Completed);
                    sweep.Cells.ShouldAllBe(c => rig.FinishedOf(sweep.Id, c.Id).Count == images);
                },
                iter: 100
            );
    }

    private static void Step(StateRig rig, SweepDefinition sweep, int step, ref int workers)
    {
        var leases = rig.State.Leases.All.OrderBy(l => l.Id.Value, StringComparer.Ordinal).ToList();
        var lease = leases.Count == 0 ? null : leases[step % leases.Count];
        switch (step % 11)
        {
            case 0 or 1 or 2:
                rig.Request(rig.Worker($"w{workers++}"));
                break;
            case 3 when lease is not null:
                rig.Counted(lease);
                break;
            case 4 when lease is not null:
                rig.Count(lease, images: ((ShardWork)lease.Work).Shard.Count / 2);
                rig.Do(s => s.WorkReturned(lease.Device, lease.Id, rig.Now));
                break;
            case 5 when lease is not null:
                rig.Do(s => s.WorkFailed(lease.Device, lease.Id, "boom", false, rig.Now));
                break;
            case 6 when lease is not null:
                rig.Count(lease, images: 1);
                rig.Do(s => s.WorkerLost(lease.Device.Worker, "killed", rig.Now));
                break;
            case 7:
                rig.Now += StateRig.Lease * 0.6;
                rig.Do(s => s.Tick(rig.Now));
                break;
            case 8:
                rig.Do(s => s.Pause(sweep.Id));
                break;
            case 9:
                rig.Do(s => s.Resume(sweep.Id, rig.Now));
                break;
            case 10:
                rig.Restart(sweep, rig.State.Find(sweep.Id)!.State);
                foreach (var held in leases.Take(step % 3))
                {
                    rig.Worker(held.Device.Worker, new HeldLease(held.Id, "cpu:0", held.Work, true));
                }

                rig.Do(s => s.Open(rig.Now));
                break;
        }
    }

    private static void ShouldBeDisjoint(StateRig rig)
    {
        var seen = new HashSet<(CellId, int)>();
        foreach (var lease in rig.State.Leases.All)
        {
            var shard = ((ShardWork)lease.Work).Shard;
            foreach (var ordinal in Enumerable.Range(shard.First, shard.Count))
            {
                seen.Add((shard.Cell, ordinal)).ShouldBeTrue($"{shard.Cell} {ordinal} is leased twice");
            }
        }
    }
}
