using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Coordination;

/// <summary>Failures that are the machine's and not the work's.</summary>
public sealed class CoordinatorFaultTests
{
    private const string Full = "Cannot write the model: no space left on device.";

    private readonly StateRig _rig = new();

    [Fact]
    public void A_machine_that_fails_for_ever_costs_no_training_while_a_sound_one_is_there()
    {
        var sweep = TestSweeps.Sweep(cells: 8, images: 1, trained: true, maxAttempts: 2);
        var full = Start(sweep);
        var sound = _rig.Worker("sound");
        foreach (var model in sweep.Models)
        {
            var training = _rig.Request(sound).ShouldNotBeNull();
            for (var i = 0; i < 10 && _rig.Request(full) is { } other; i++)
            {
                Fail(other);
            }

            _rig.Do(s => s.ModelTrained(((TrainingWork)training.Work).Key, TestSweeps.Hash(model.Name), _rig.Now));
        }

        while (_rig.Request(sound) is { } lease)
        {
            _rig.Counted(lease);
        }

        var run = _rig.State.Find(sweep.Id)!;
        run.State.ShouldBe(SweepState.Completed);
        run.Warnings.ShouldHaveSingleItem().ShouldBe($"full/cpu:0: {Full}");
        _rig.Troubles.Values.ShouldAllBe(t => t.Count == 0);
        FleetView.Of(_rig.State, 0, 10).All.Single(w => w.Name == "full").Devices[0].Suspicion.ShouldBe(Full);
    }

    [Fact]
    public void A_shard_that_a_machine_could_not_count_is_not_left_out_while_a_sound_one_is_there()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 2, shardImages: 2, maxAttempts: 2);
        var full = Start(sweep);
        var sound = _rig.Worker("sound");
        for (var i = 0; i < 10; i++)
        {
            Fail(_rig.Request(full).ShouldNotBeNull());
        }

        _rig.Counted(_rig.Request(sound).ShouldNotBeNull());

        _rig.State.Find(sweep.Id)!.State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public void Where_every_machine_has_failed_at_it_attempts_count()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 1, trained: true, maxAttempts: 2);
        var first = Start(sweep);
        var second = _rig.Worker("second");
        Fail(_rig.Request(first).ShouldNotBeNull());
        Fail(_rig.Request(second).ShouldNotBeNull());
        _rig.State.Find(sweep.Id)!.State.ShouldBe(SweepState.Running);

        Fail(_rig.Request(first).ShouldNotBeNull());

        var run = _rig.State.Find(sweep.Id)!;
        run.State.ShouldBe(SweepState.Failed);
        run.Reason.ShouldNotBeNull().ShouldContain(Full);
    }

    [Fact]
    public void A_machine_that_has_done_some_of_the_work_since_is_another_again()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4, shardImages: 2, maxAttempts: 2);
        var full = Start(sweep);
        var passing = _rig.Worker("passing");
        Fail(_rig.Request(passing).ShouldNotBeNull());
        _rig.Counted(_rig.Request(passing).ShouldNotBeNull());

        for (var i = 0; i < 10; i++)
        {
            Fail(_rig.Request(full).ShouldNotBeNull());
        }

        FleetView.Of(_rig.State, 0, 10).All.Single(w => w.Name == "passing").Devices[0].Suspicion.ShouldBeNull();
        _rig.Counted(_rig.Request(passing).ShouldNotBeNull());
        _rig.State.Find(sweep.Id)!.State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public void What_no_machine_can_do_ends_though_they_do_other_work_well()
    {
        var lost = TestSweeps.Sweep("lost", cells: 1, images: 1, maxAttempts: 2, priority: 1);
        var other = TestSweeps.Sweep("other", cells: 1, images: 100, shardImages: 1, voteSalt: "other");
        var devices = new[] { Start(lost), _rig.Worker("second") };
        _rig.Load(other);
        for (var i = 0; i < 20; i++)
        {
            var lease = _rig.Request(devices[i % 2]).ShouldNotBeNull();
            if (lease.Work.Sweep == lost.Id)
            {
                Fail(lease);
            }
            else
            {
                _rig.Counted(lease);
            }
        }

        var run = _rig.State.Find(lost.Id)!;
        run.State.ShouldBe(SweepState.CompletedWithGaps);
        run.Reason.ShouldNotBeNull().ShouldContain(Full);
        _rig.State.Find(other.Id)!.State.ShouldBe(SweepState.Running);
    }

    private void Fail(Lease lease) =>
        _rig.Do(s => s.WorkFailed(lease.Device, lease.Id, Full, permanent: false, _rig.Now, ofMachine: true));

    private DeviceId Start(SweepDefinition sweep)
    {
        _rig.Do(s => s.Open(_rig.Now));
        _rig.Load(sweep);
        return _rig.Worker("full");
    }
}
