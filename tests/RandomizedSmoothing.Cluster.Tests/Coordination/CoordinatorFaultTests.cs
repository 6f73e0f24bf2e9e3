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
    public void Where_every_machine_is_at_fault_attempts_count()
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
    public void A_machine_that_has_done_some_work_since_is_sound_again()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4, shardImages: 2);
        var device = Start(sweep);
        Fail(_rig.Request(device).ShouldNotBeNull());
        _rig.State.Fleet.HasSoundBeside("another").ShouldBeFalse();

        _rig.Counted(_rig.Request(device).ShouldNotBeNull());

        _rig.State.Fleet.HasSoundBeside("another").ShouldBeTrue();
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
