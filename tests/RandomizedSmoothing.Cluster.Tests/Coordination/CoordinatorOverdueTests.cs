using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Coordination;

/// <summary>A slow device at the end of a sweep, when others have nothing left to do.</summary>
public sealed class CoordinatorOverdueTests
{
    private const double Fast = 1000;

    private readonly StateRig _rig = new();

    [Fact]
    public void What_a_slow_device_has_not_counted_goes_to_one_that_has_nothing_to_do()
    {
        var (slow, fast) = Begin();
        _rig.Count(slow, images: 3);

        Pass(slow, seconds: 29);
        _rig.Revoked.ShouldBeEmpty();
        Pass(slow, seconds: 1);

        _rig.Revoked.ShouldHaveSingleItem().Lease.ShouldBe(slow.Id);
        var rest = _rig.Grants[^1];
        rest.Device.ShouldBe(fast);
        ((ShardWork)rest.Work).Range.ShouldBe(new OrdinalRange(3, 1));
        _rig.Log.OfType<NoteEvent>()
            .ShouldContain(n => n.Kind == "overdue" && n.Text.EndsWith("others have nothing to do"));
    }

    [Fact]
    public void What_the_slow_device_says_afterwards_changes_nothing()
    {
        var (slow, fast) = Begin();
        Pass(slow, seconds: 30);
        var rest = _rig.Grants[^1];

        _rig.Counted(slow);
        _rig.State.Find(slow.Work.Sweep)!.IsFinal.ShouldBeFalse();
        _rig.Counted(rest);

        rest.Device.ShouldBe(fast);
        _rig.State.Find(slow.Work.Sweep)!.State.ShouldBe(SweepState.Completed);
        _rig.Troubles.ShouldBeEmpty();
    }

    [Fact]
    public void A_device_keeps_what_another_would_not_count_much_sooner()
    {
        // 4 images of 210 draws: 42 s, which is not a quarter of what the holder has had.
        var (slow, _) = Begin(rate: 20);

        Pass(slow, seconds: 167);
        _rig.Revoked.ShouldBeEmpty();
        Pass(slow, seconds: 1);

        _rig.Revoked.ShouldHaveSingleItem().Lease.ShouldBe(slow.Id);
    }

    [Fact]
    public void What_a_busy_device_only_holds_ready_goes_sooner()
    {
        _rig.Load(TestSweeps.Sweep(cells: 1, images: 12));
        _rig.Do(s => s.Open(_rig.Now));
        var busy = _rig.Worker("w1");
        var running = _rig.Request(busy).ShouldNotBeNull();
        var ready = _rig.Request(busy, prefetch: true).ShouldNotBeNull();
        var other = _rig.Worker("w2");
        _rig.Counted(_rig.Request(other).ShouldNotBeNull());
        _rig.Request(other).ShouldBeNull();

        _rig.Now += TimeSpan.FromSeconds(10);
        _rig.Do(s => s.Tick(_rig.Now));

        _rig.Revoked.ShouldHaveSingleItem().Lease.ShouldBe(ready.Id);
        _rig.Grants[^1].Device.ShouldBe(other);
        _rig.State.Leases.Find(running.Id).ShouldNotBeNull();
    }

    [Fact]
    public void The_fastest_of_those_that_have_nothing_to_do_goes_on()
    {
        var (slow, fast) = Begin(rate: Fast, others: 2);

        Pass(slow, seconds: 30);

        _rig.Grants[^1].Device.ShouldBe(fast);
    }

    // The slow device has one of two shards; the other is counted, and nothing is left for the fast one.
    private (Lease Slow, DeviceId Fast) Begin(double rate = Fast, int others = 0)
    {
        _rig.Load(TestSweeps.Sweep(cells: 1, images: 8));
        _rig.Do(s => s.Open(_rig.Now));
        var slow = _rig.Request(_rig.Worker("slow")).ShouldNotBeNull();
        var fast = _rig.Worker("fast");
        var counted = _rig.Request(fast).ShouldNotBeNull();
        for (var i = 0; i < others; i++)
        {
            _rig.Request(_rig.Worker($"other-{i}")).ShouldBeNull();
        }

        Renew(counted, rate);
        _rig.Counted(counted);
        _rig.Request(fast).ShouldBeNull();
        return (slow, fast);
    }

    private void Pass(Lease slow, int seconds)
    {
        _rig.Now += TimeSpan.FromSeconds(seconds);
        Renew(slow, rate: 1);
        _rig.Do(s => s.Tick(_rig.Now));
    }

    private void Renew(Lease lease, double rate) =>
        _rig.Do(s =>
            s.Renew(
                lease.Device.Worker,
                [new LeaseReport(lease.Id, lease.Device.Name, true, true, 0, default, rate)],
                _rig.Now
            )
        );
}
