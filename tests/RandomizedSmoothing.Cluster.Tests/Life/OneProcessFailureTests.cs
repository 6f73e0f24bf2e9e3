using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>What becomes of a sweep whose devices, models or trainings fail.</summary>
public sealed class OneProcessFailureTests : OneProcess
{
    [Fact]
    public async Task A_shard_that_always_fails_leaves_a_gap_with_its_reason_until_a_retry_mends_it()
    {
        var sweep = TestSweeps.Sweep(cells: 2, images: 8, shardImages: 2, maxAttempts: 2);
        var broken = true;
        var devices = new FakeDevices
        {
            BeforeShard = (assignment, _) =>
            {
                if (broken && assignment.Shard.First == 2 && assignment.Cell.Id == sweep.Cells[0].Id)
                {
                    throw new InvalidOperationException("the processor is on fire");
                }
            },
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.CompletedWithGaps);
        last.Reason.ShouldNotBeNull().ShouldContain("the processor is on fire");
        last.Cells[0].Quarantined.ShouldBe(2);
        last.Cells[1].ImagesDone.ShouldBe(8);
        broken = false;
        await cluster.Client.RetryAsync(sweep.Id, Limit);
        (await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit)).State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }

    [Fact]
    public async Task A_passing_failure_is_tried_again_and_forgotten()
    {
        var sweep = TestSweeps.Sweep();
        var failures = 0;
        var devices = new FakeDevices(2)
        {
            AfterReport = (assignment, _, _) =>
            {
                if (assignment.Shard.First == 4 && Interlocked.Increment(ref failures) <= 2)
                {
                    throw new InvalidOperationException("passing");
                }
            },
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);

        (await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit)).State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
        (await Ledger.ReadTroublesAsync(sweep.Id, Limit)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_end_is_told_once_it_is_recorded_with_what_was_given_up()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 2, shardImages: 2, maxAttempts: 1);
        var devices = new FakeDevices { BeforeShard = (_, _) => throw new InvalidOperationException("on fire") };
        var (ledger, hold) = HeldLedger.Over(Ledger);
        var held = hold.HoldsTroubles = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hold.Allow(int.MaxValue);
        await using var cluster = await SweepCluster.StartAsync(
            TestNodes.Options(),
            ledger,
            devices,
            cancellation: Limit
        );
        await cluster.Client.SubmitAsync(sweep, Limit);
        await held.Task.WaitAsync(Limit);

        var before = await cluster.Client.GetProgressAsync(sweep.Id, Limit);
        hold.AllowWrite();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        before.ShouldNotBeNull().State.ShouldBe(SweepState.Running);
        before.Reason.ShouldBeNull();
        before.Cells[0].Quarantined.ShouldBe(2);
        last.State.ShouldBe(SweepState.CompletedWithGaps);
        (await Ledger.FindSweepAsync(sweep.Id, Limit)).ShouldNotBeNull().State.ShouldBe(last.State);
        (await Ledger.ReadTroublesAsync(sweep.Id, Limit)).ShouldHaveSingleItem().Reason.ShouldContain("on fire");
    }

    [Fact]
    public async Task A_model_that_does_not_fit_ends_the_sweep_at_once_with_the_message()
    {
        var sweep = TestSweeps.Sweep(cells: 1, maxAttempts: 5);
        var devices = new FakeDevices
        {
            BeforeShard = (_, _) => throw new UserErrorException("The model has 3 outputs, the data set 4 classes."),
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Failed);
        last.Reason.ShouldBe("The model has 3 outputs, the data set 4 classes.");
        // The shard that follows may begin before the news is back.
        devices.Begun.Select(assignment => assignment.Shard.Id).ShouldBeUnique();
        devices.Begun.Count.ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_training_that_fails_ends_the_cells_that_wait_for_it()
    {
        var sweep = TestSweeps.Sweep(cells: 2, trained: true, maxAttempts: 2);
        var devices = new FakeDevices
        {
            DuringTraining = (task, _) =>
            {
                if (task.Key == sweep.Models[0].Key)
                {
                    throw new InvalidOperationException("diverged");
                }
            },
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.CompletedWithGaps);
        last.Reason.ShouldNotBeNull().ShouldContain("diverged");
        last.Cells[1].ImagesDone.ShouldBe(20);
        devices.Trained.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Votes_that_contradict_recorded_ones_raise_an_alarm_and_the_first_stay()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 2, maxAttempts: 1);
        var wrong = new VoteSnapshot(3, DrawStream.Selection, new VoteCounts(5, 0, 0, 0), 0);
        await Ledger.OpenAsync(Limit);
        var other = new DeviceStamp("elsewhere:1", "cuda:0", "cuda", "graphics", "lib 1");
        await Ledger.RecordVotesAsync(sweep.Cells[0].VoteKey, other, [wrong], Limit);
        await using var cluster = await StartAsync(new FakeDevices());

        await cluster.Client.SubmitAsync(sweep, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.CompletedWithGaps);
        last.Warnings.ShouldContain(w => w.Contains("contradict") && w.Contains("elsewhere:1/cuda:0"));
        (await cluster.Client.GetWorkersAsync(Limit))[0].Devices[0].Suspicion.ShouldNotBeNull();
        (await cluster.Client.GetVotesAsync(sweep.Id, sweep.Cells[0].Id, Limit))
            .Images[1]
            .Selection.ShouldBe(wrong.Counts);
    }
}
