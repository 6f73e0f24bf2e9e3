using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>A cluster of one process runs sweeps to their end, tops them up and resumes them.</summary>
public sealed class OneProcessTests : OneProcess
{
    [Fact]
    public async Task A_sweep_runs_to_completion_with_the_votes_that_the_draws_determine()
    {
        var sweep = TestSweeps.Sweep(trained: true);
        var devices = new FakeDevices(2);
        await using var cluster = await StartAsync(devices);

        (await cluster.Client.SubmitAsync(sweep, Limit)).ShouldBeTrue();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        last.ImagesDone.ShouldBe(last.Images);
        last.Draws.ShouldBe(2 * 20 * 210);
        last.DrawsPlanned.ShouldBe(last.Draws);
        last.Trainings.ShouldAllBe(t => t.Done);
        devices.Trained.Count.ShouldBe(2);
        devices.DrawsCounted.ShouldBe(last.Draws);
        devices.Begun.ShouldAllBe(a => a.ModelFile == TestSweeps.Hash("file of " + a.Cell.Model));
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
        (await Ledger.ReadDevicesAsync([sweep.Cells[0].VoteKey], Limit)).ShouldAllBe(d =>
            d.Software == "imaginary 1.0"
        );
    }

    [Fact]
    public async Task The_same_sweep_again_is_a_no_op_and_its_result_stays_visible()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 4);
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        (await cluster.Client.SubmitAsync(sweep, Limit)).ShouldBeFalse();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        last.ImagesDone.ShouldBe(4);
        (
            await Should.ThrowAsync<UserErrorException>(() =>
                cluster.Client.SubmitAsync(sweep with { Seed = 1 }, Limit)
            )
        ).Message.ShouldContain("another sweep under the id");
        devices.DrawsCounted.ShouldBe(4 * 210);
    }

    [Fact]
    public async Task A_sweep_whose_votes_are_recorded_already_counts_nothing()
    {
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(TestSweeps.Sweep("first"), Limit);
        await TestNodes.FinalAsync(cluster.Client, new SweepId("first"), Limit);
        var counted = devices.DrawsCounted;

        await cluster.Client.SubmitAsync(TestSweeps.Sweep("second"), Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, new SweepId("second"), Limit);

        last.State.ShouldBe(SweepState.Completed);
        devices.DrawsCounted.ShouldBe(counted);
        (await cluster.Client.ListAsync(Limit)).Select(s => s.Id.Value).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task More_draws_are_counted_on_top_of_recorded_ones()
    {
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(TestSweeps.Sweep("small", n: 100), Limit);
        await TestNodes.FinalAsync(cluster.Client, new SweepId("small"), Limit);

        var large = TestSweeps.Sweep("large", n: 250);
        await cluster.Client.SubmitAsync(large, Limit);
        await TestNodes.FinalAsync(cluster.Client, large.Id, Limit);

        devices.DrawsCounted.ShouldBe(2 * 20 * 260);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, large, Limit);
    }

    [Fact]
    public async Task Fewer_images_go_on_from_the_votes_of_a_sweep_over_more_of_them()
    {
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(TestSweeps.Sweep("all", cells: 1, images: 60, n: 100, step: 1), Limit);
        await TestNodes.FinalAsync(cluster.Client, new SweepId("all"), Limit);

        var third = TestSweeps.Sweep("third", cells: 1, images: 20, n: 250, step: 3);
        await cluster.Client.SubmitAsync(third, Limit);
        await TestNodes.FinalAsync(cluster.Client, third.Id, Limit);

        devices.DrawsCounted.ShouldBe((60 * 110) + (20 * 150));
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, third, Limit);
    }

    [Fact]
    public async Task A_stopped_process_goes_on_where_it_was_and_recounts_nothing()
    {
        var sweep = TestSweeps.Sweep(trained: true);
        var gate = new Gate();
        var before = new FakeDevices(2);
        before.AfterReport = (assignment, _, cancellation) =>
        {
            // More than one cell has: both models are trained by then.
            if (before.DrawsCounted > 20 * 210)
            {
                gate.Pass(cancellation);
            }
        };
        await using (var first = await StartAsync(before))
        {
            await first.Client.SubmitAsync(sweep, Limit);
            await gate.Reached;
        }

        var after = new FakeDevices(1);
        await using var second = await StartAsync(after);
        var last = await TestNodes.FinalAsync(second.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        after.Trained.ShouldBeEmpty();
        (before.DrawsCounted + after.DrawsCounted).ShouldBe(2 * 20 * 210);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }
}
