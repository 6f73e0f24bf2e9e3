using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>A cluster of one process.</summary>
public sealed class OneProcessTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private SqliteSweepLedger _ledger = null!;

    public Task InitializeAsync()
    {
        _ledger = new SqliteSweepLedger(_folder.File("ledger.db"), TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _limit.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_sweep_runs_to_completion_with_the_votes_that_the_draws_determine()
    {
        var sweep = TestSweeps.Sweep(trained: true);
        var devices = new FakeDevices(2);
        await using var cluster = await StartAsync(devices);

        (await cluster.Client.SubmitAsync(sweep, _limit.Token)).ShouldBeTrue();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.Completed);
        last.ImagesDone.ShouldBe(last.Images);
        last.Draws.ShouldBe(2 * 20 * 210);
        last.DrawsPlanned.ShouldBe(last.Draws);
        last.Trainings.ShouldAllBe(t => t.Done);
        devices.Trained.Select(task => task.Key).Distinct().Count().ShouldBe(2);
        devices.DrawsCounted.ShouldBe(last.Draws);
        devices.Begun.ShouldAllBe(a => a.ModelFile == TestSweeps.Hash("file of " + a.Cell.Model));
        await TestNodes.ShouldHaveExactVotesAsync(_ledger, sweep, _limit.Token);
        (await _ledger.ReadDevicesAsync([sweep.Cells[0].VoteKey], _limit.Token)).ShouldAllBe(d =>
            d.Software == "imaginary 1.0"
        );
    }

    [Fact]
    public async Task The_same_sweep_again_is_a_no_op_and_its_result_stays_visible()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4);
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, _limit.Token);
        await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        (await cluster.Client.SubmitAsync(sweep, _limit.Token)).ShouldBeFalse();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.Completed);
        last.ImagesDone.ShouldBe(4);
        (
            await Should.ThrowAsync<UserErrorException>(() =>
                cluster.Client.SubmitAsync(sweep with { Seed = 1 }, _limit.Token)
            )
        ).Message.ShouldContain("another sweep under the id");
        devices.DrawsCounted.ShouldBe(4 * 210);
    }

    [Fact]
    public async Task A_sweep_whose_votes_are_recorded_already_counts_nothing()
    {
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(TestSweeps.Sweep("first"), _limit.Token);
        await TestNodes.FinalAsync(cluster.Client, new SweepId("first"), _limit.Token);
        var counted = devices.DrawsCounted;

        await cluster.Client.SubmitAsync(TestSweeps.Sweep("second"), _limit.Token);
        var last = await TestNodes.FinalAsync(cluster.Client, new SweepId("second"), _limit.Token);

        last.State.ShouldBe(SweepState.Completed);
        devices.DrawsCounted.ShouldBe(counted);
        (await cluster.Client.ListAsync(_limit.Token)).Select(s => s.Id.Value).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task More_draws_are_counted_on_top_of_recorded_ones()
    {
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(TestSweeps.Sweep("small", n: 100), _limit.Token);
        await TestNodes.FinalAsync(cluster.Client, new SweepId("small"), _limit.Token);

        var large = TestSweeps.Sweep("large", n: 250);
        await cluster.Client.SubmitAsync(large, _limit.Token);
        await TestNodes.FinalAsync(cluster.Client, large.Id, _limit.Token);

        devices.DrawsCounted.ShouldBe(2 * 20 * 260);
        await TestNodes.ShouldHaveExactVotesAsync(_ledger, large, _limit.Token);
    }

    [Fact]
    public async Task A_stopped_process_goes_on_where_it_was_and_recounts_nothing()
    {
        var sweep = TestSweeps.Sweep(trained: true);
        var gate = new Gate();
        var before = new FakeDevices(2);
        before.AfterReport = (assignment, _, cancellation) =>
        {
            if (before.DrawsCounted > 2500)
            {
                gate.Pass(cancellation);
            }
        };
        await using (var first = await StartAsync(before))
        {
            await first.Client.SubmitAsync(sweep, _limit.Token);
            await gate.Reached;
        }

        var after = new FakeDevices(1);
        await using var second = await StartAsync(after);
        var last = await TestNodes.FinalAsync(second.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.Completed);
        after.Trained.ShouldBeEmpty();
        (before.DrawsCounted + after.DrawsCounted).ShouldBe(2 * 20 * 210);
        await TestNodes.ShouldHaveExactVotesAsync(_ledger, sweep, _limit.Token);
    }

    [Fact]
    public async Task A_pause_takes_effect_within_a_shard_and_a_resume_goes_on_from_the_counted_prefix()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4, n: 1000);
        var gate = new Gate();
        var devices = new FakeDevices { AfterReport = (_, _, cancellation) => gate.Pass(cancellation) };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, _limit.Token);
        await gate.Reached;

        await cluster.Client.PauseAsync(sweep.Id, _limit.Token);
        var paused = await TestNodes.WhenAsync(cluster.Client, sweep.Id, p => p.Devices == 0, _limit.Token);
        gate.Open();
        paused.State.ShouldBe(SweepState.Paused);
        (await cluster.Client.GetVotesAsync(sweep.Id, sweep.Cells[0].Id, _limit.Token))
            .Images[0]
            .Selection.Total.ShouldBe(10);
        await cluster.Client.ResumeAsync(sweep.Id, _limit.Token);
        await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        devices.DrawsCounted.ShouldBe(4 * 1010);
        await TestNodes.ShouldHaveExactVotesAsync(_ledger, sweep, _limit.Token);
    }

    [Fact]
    public async Task A_cancelled_sweep_ends_within_a_shard_and_a_retry_completes_it()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 8, n: 1000);
        var gate = new Gate();
        var devices = new FakeDevices { AfterReport = (_, _, cancellation) => gate.Pass(cancellation) };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, _limit.Token);
        await gate.Reached;

        await cluster.Client.CancelAsync(sweep.Id, _limit.Token);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);
        last.State.ShouldBe(SweepState.Cancelled);
        gate.Open();
        await cluster.Client.RetryAsync(sweep.Id, _limit.Token);
        last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(_ledger, sweep, _limit.Token);
    }

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
        await cluster.Client.SubmitAsync(sweep, _limit.Token);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.CompletedWithGaps);
        last.Reason.ShouldNotBeNull().ShouldContain("the processor is on fire");
        last.Cells[0].Quarantined.ShouldBe(2);
        last.Cells[1].ImagesDone.ShouldBe(8);
        broken = false;
        await cluster.Client.RetryAsync(sweep.Id, _limit.Token);
        (await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token)).State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(_ledger, sweep, _limit.Token);
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
        await cluster.Client.SubmitAsync(sweep, _limit.Token);

        (await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token)).State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(_ledger, sweep, _limit.Token);
        (await _ledger.ReadTroublesAsync(sweep.Id, _limit.Token)).ShouldBeEmpty();
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
        await cluster.Client.SubmitAsync(sweep, _limit.Token);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.Failed);
        last.Reason.ShouldBe("The model has 3 outputs, the data set 4 classes.");
        devices.Begun.ShouldHaveSingleItem();
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
        await cluster.Client.SubmitAsync(sweep, _limit.Token);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

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
        await _ledger.OpenAsync(_limit.Token);
        var other = new DeviceStamp("elsewhere:1", "cuda:0", "cuda", "graphics", "lib 1");
        await _ledger.RecordVotesAsync(sweep.Cells[0].VoteKey, other, [wrong], _limit.Token);
        await using var cluster = await StartAsync(new FakeDevices());

        await cluster.Client.SubmitAsync(sweep, _limit.Token);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, _limit.Token);

        last.State.ShouldBe(SweepState.CompletedWithGaps);
        last.Warnings.ShouldContain(w => w.Contains("contradict") && w.Contains("elsewhere:1/cuda:0"));
        (await cluster.Client.GetWorkersAsync(_limit.Token))[0].Devices[0].Suspicion.ShouldNotBeNull();
        (await cluster.Client.GetVotesAsync(sweep.Id, sweep.Cells[0].Id, _limit.Token))
            .Images[1]
            .Selection.ShouldBe(wrong.Counts);
    }

    [Fact]
    public async Task A_sweep_of_higher_priority_goes_before_the_rest_of_a_running_one()
    {
        var low = TestSweeps.Sweep("low", cells: 1, images: 12, shardImages: 2, voteSalt: "low");
        var high = TestSweeps.Sweep("high", cells: 1, images: 8, shardImages: 2, priority: 3, voteSalt: "high");
        var gate = new Gate();
        var devices = new FakeDevices { BeforeShard = (_, cancellation) => gate.Pass(cancellation) };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(low, _limit.Token);
        await gate.Reached;
        var known = new VoteSnapshot(0, DrawStream.Selection, TestSweeps.Votes(high.Cells[0].VoteKey, 0, 0, 5), 0);
        await _ledger.RecordVotesAsync(
            high.Cells[0].VoteKey,
            new DeviceStamp("elsewhere:1", "cpu:0", "cpu", "", ""),
            [known],
            _limit.Token
        );
        await cluster.Client.SubmitAsync(high, _limit.Token);
        await TestNodes.WhenAsync(cluster.Client, high.Id, p => p.Draws == 5, _limit.Token);
        gate.Open();
        await TestNodes.FinalAsync(cluster.Client, low.Id, _limit.Token);

        var order = devices.Begun.Select(a => a.Sweep.Id.Value).ToList();
        order.Count(id => id == "high").ShouldBe(4);
        order.LastIndexOf("high").ShouldBeLessThan(6);
        (await TestNodes.FinalAsync(cluster.Client, high.Id, _limit.Token)).State.ShouldBe(SweepState.Completed);
    }

    [Fact]
    public async Task Commands_about_a_sweep_that_is_not_there_are_refused()
    {
        await using var cluster = await StartAsync(new FakeDevices());
        var nobody = new SweepId("nobody");

        (
            await Should.ThrowAsync<UserErrorException>(() => cluster.Client.PauseAsync(nobody, _limit.Token))
        ).Message.ShouldContain("nobody");
        (
            await Should.ThrowAsync<UserErrorException>(() => cluster.Client.RetryAsync(nobody, _limit.Token))
        ).Message.ShouldContain("nobody");
        (
            await Should.ThrowAsync<UserErrorException>(() => cluster.Client.DrainAsync("nobody", _limit.Token))
        ).Message.ShouldContain("There is no worker");
        (await cluster.Client.GetProgressAsync(nobody, _limit.Token)).ShouldBeNull();
    }

    private Task<SweepCluster> StartAsync(FakeDevices devices) =>
        SweepCluster.StartAsync(TestNodes.Options(), _ledger, devices, cancellation: _limit.Token);
}
