using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>What a machine cannot do for a while fails no sweep.</summary>
public sealed class MachineFaultTests(ITestOutputHelper output) : OneProcess
{
    [Fact]
    public async Task A_worker_whose_disk_is_full_leaves_the_trainings_to_the_other()
    {
        var sweep = TestSweeps.Sweep(cells: 8, images: 2, trained: true, maxAttempts: 2);
        // The sound one is slow: the other has the time to fail at the rest of the trainings, once both are there.
        var (both, slow) = (new Gate(), new Gate());
        var full = new FakeDevices
        {
            DuringTraining = (_, cancellation) =>
            {
                both.Pass(cancellation);
                throw Fault();
            },
        };
        var sound = new FakeDevices { DuringTraining = (_, cancellation) => slow.Pass(cancellation) };
        await using var first = await StartAsync(full, TestNodes.Options() with { Name = "full" });
        await using var second = await TestNodes.JoinAsWorkerAsync(first, sound, Limit);
        await first.Client.SubmitAsync(sweep, Limit);
        await slow.Reached;

        both.Open();
        await TestNodes.WhenAsync(first.Client, sweep.Id, _ => full.Trained.Count >= 4, Limit);
        slow.Open();
        var last = await TestNodes.FinalAsync(first.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        last.Warnings.ShouldHaveSingleItem().ShouldContain("no space left");
        sound.Trained.Count.ShouldBe(8);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }

    [Fact]
    public async Task A_training_whose_checkpoint_nobody_takes_is_handed_back_all_the_same()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 2, trained: true, maxAttempts: 1);
        var gate = new Gate();
        var devices = new FakeDevices
        {
            DuringTraining = (_, cancellation) =>
            {
                try
                {
                    gate.Pass(cancellation);
                }
                catch (OperationCanceledException)
                {
                    throw Fault();
                }
            },
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await gate.Reached;

        await cluster.Client.PauseAsync(sweep.Id, Limit);
        await TestNodes.WhenAsync(cluster.Client, sweep.Id, p => p.Devices == 0, Limit);
        gate.Open();
        await cluster.Client.ResumeAsync(sweep.Id, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        last.Warnings.ShouldBeEmpty();
        devices.Checkpoints.ShouldBe([null, null]);
    }

    [Fact]
    public async Task A_fault_that_passes_is_tried_again_where_no_other_machine_is()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4);
        var faults = 0;
        var devices = new FakeDevices
        {
            BeforeShard = (_, _) =>
            {
                if (Interlocked.Increment(ref faults) <= 2)
                {
                    throw Fault();
                }
            },
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);

        (await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit)).State.ShouldBe(SweepState.Completed);
        (await cluster.Client.GetWorkersAsync(Limit))[0].Devices[0].Suspicion.ShouldBeNull();
    }

    [Fact]
    public async Task A_fault_of_the_machine_is_logged_by_its_words_and_one_of_the_program_with_its_origin()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4);
        var failures = 0;
        var devices = new FakeDevices
        {
            BeforeShard = (_, _) =>
            {
                switch (Interlocked.Increment(ref failures))
                {
                    case 1:
                        throw Fault();
                    case 2:
                        throw new InvalidOperationException("a slip");
                }
            },
        };
        var log = new NodeLog(output);
        var known = log.NextAsync("no space left on device");
        var unknown = log.NextAsync("a slip");
        await using var cluster = await SweepCluster.StartAsync(
            TestNodes.Options(),
            Ledger,
            devices,
            log,
            cancellation: Limit
        );

        await cluster.Client.SubmitAsync(sweep, Limit);

        (await known.WaitAsync(Limit)).ShouldNotContain(nameof(UserErrorException));
        (await unknown.WaitAsync(Limit)).ShouldContain($"[{nameof(InvalidOperationException)}");
    }

    private static UserErrorException Fault() =>
        new("Cannot write the model: no space left on device.") { ExitCode = 1 };
}
