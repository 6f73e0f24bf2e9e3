using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class ReuseReportTests
{
    private static readonly SweepDefinition Before = Define();

    [Fact]
    public void A_finished_sweep_is_reused_whole()
    {
        var report = Compare(Define(), (100, 1000));

        report.Cells.ShouldAllBe(c => c.ImagesDone == TestDefinition.Images && c.DrawsMissing == 0);
        report.Cells[0].DrawsReused.ShouldBe(TestDefinition.Images * 1100);
        report.Cells[0].Describe().ShouldBe("complete: nothing to draw");
        SweepEstimate.Of(Before, report).DrawsLeft.ShouldBe(0);
        SweepEstimate.Of(Before, report).Trainings.ShouldBe(0);
    }

    [Fact]
    public void A_raised_n_tops_up()
    {
        var cell = Compare(Define("certify.n=1500"), (100, 1000)).Cells[0];

        (cell.ImagesDone, cell.ImagesBegun).ShouldBe((0, 20));
        (cell.DrawsReused, cell.DrawsMissing).ShouldBe((20 * 1100, 20 * 500));
        cell.Obstacles.ShouldBe([ReuseObstacle.MoreDraws]);
        cell.Describe().ShouldBe("0 of 20 images reused, 20 topped up; the rest to draw: the plan wants more draws");
    }

    [Fact]
    public void A_lowered_n_draws_its_own_and_takes_over_the_selection()
    {
        var cell = Compare(Define("certify.n=500"), (100, 0)).Cells[0];

        (cell.ImagesDone, cell.DrawsReused, cell.DrawsMissing).ShouldBe((0, 20 * 100, 20 * 500));
        cell.Obstacles.ShouldBe([ReuseObstacle.FewerDraws]);
        cell.Describe().ShouldContain("the plan wants fewer draws than are there, and draws its own");
    }

    [Fact]
    public void A_cell_without_noise_costs_one_draw_an_image()
    {
        var sweep = Define("sigmas=[0]");
        var nothing = ReuseReport.Compare(sweep, null, _ => null, c => CellStoppingRule.Of(sweep, c));

        nothing.Cells.ShouldAllBe(c => c.DrawsMissing == TestDefinition.Images);
        var drawn = ReuseReport.Compare(
            sweep,
            null,
            Recorded(sweep, _ => (0L, 1L)),
            c => CellStoppingRule.Of(sweep, c)
        );
        drawn.Cells.ShouldAllBe(c => c.ImagesDone == TestDefinition.Images && c.DrawsReused == 20);
    }

    [Theory]
    [InlineData("seed=7", ReuseObstacle.SeedChanged)]
    [InlineData("certify.sampler=device", ReuseObstacle.SamplerChanged)]
    [InlineData("execution.precision=bfloat16", ReuseObstacle.PrecisionChanged)]
    [InlineData("execution.batchSize=32", ReuseObstacle.BatchChanged)]
    public void A_changed_ingredient_is_named(string change, ReuseObstacle obstacle)
    {
        var next = Define(change);

        next.Cells[0].VoteKey.ShouldNotBe(Before.Cells[0].VoteKey);
        Nothing(next).Cells.ShouldAllBe(c => c.Obstacles.Single() == obstacle && c.DrawsMissing == 20 * 1100);
    }

    [Fact]
    public void Changed_data_and_weights_are_named()
    {
        Nothing(TestDefinition.Of(Spec(), data: "other")).Cells[0].Obstacles.ShouldBe([ReuseObstacle.DataChanged]);
        Nothing(TestDefinition.Of(Spec(), weights: "other")).Cells[0].Obstacles.ShouldBe([ReuseObstacle.ModelChanged]);
    }

    [Fact]
    public void New_and_dropped_cells_are_named()
    {
        var report = Nothing(Define("sigmas=[0.5,1]"));

        report.Cells[1].Obstacles.ShouldBe([ReuseObstacle.NewCell]);
        report.Dropped.Select(c => c.Value).ShouldBe(["digits/net@0.25/gaussian/0.25"]);
    }

    [Fact]
    public void More_selected_images_and_interrupted_work_are_told_apart()
    {
        var less = TestDefinition.Of(Spec("datasets[0].max=12"));

        var extended = ReuseReport.Compare(Before, less, Recorded(Before, o => o < 12 ? (100L, 1000L) : (0, 0)), Rule);
        var interrupted = ReuseReport.Compare(Before, Before, Recorded(Before, o => (100L, o * 60L)), Rule);

        extended.Cells[0].Obstacles.ShouldBe([ReuseObstacle.MoreImages]);
        extended.Cells[0].ImagesDone.ShouldBe(12);
        interrupted.Cells[0].Obstacles.ShouldBe([ReuseObstacle.Unfinished]);
        interrupted.Cells[0].ImagesDone.ShouldBe(3);
        interrupted.Cells[0].DrawsMissing.ShouldBe(Enumerable.Range(0, 17).Sum(o => 1000 - (o * 60)));
    }

    [Fact]
    public void An_estimate_adds_up_the_cells()
    {
        var report = Compare(Define("certify.n=1500"), (100, 1000));

        var estimate = SweepEstimate.Of(Define("certify.n=1500"), report, _ => 0.001);

        (estimate.Cells, estimate.Images, estimate.ImagesLeft, estimate.Trainings).ShouldBe((2, 40L, 40L, 2));
        (estimate.Draws, estimate.DrawsReused, estimate.DrawsLeft).ShouldBe((64_000L, 44_000L, 20_000L));
        estimate.Duration.ShouldBe(TimeSpan.FromSeconds(20));
    }

    private static SweepSpec Spec(params string[] overrides) =>
        TestSweep.Parse(SweepTexts.Minimal, null, ["sigmas=[0.25,0.5]", "certify.n=1000", .. overrides]).Require();

    private static SweepDefinition Define(params string[] overrides) => TestDefinition.Of(Spec(overrides));

    private static ReuseReport Nothing(SweepDefinition next) => ReuseReport.Compare(next, Before, _ => null, Rule);

    private static ReuseReport Compare(SweepDefinition next, (long, long) draws) =>
        ReuseReport.Compare(next, Before, Recorded(next, _ => draws), c => new FixedStoppingRule(next.Plan));

    private static Func<CellDefinition, CellVotes?> Recorded(SweepDefinition next, Func<int, (long, long)> draws) =>
        cell => TestDefinition.Votes(next, cell, draws);

    private static FixedStoppingRule Rule(CellDefinition cell) => new(Before.Plan);
}
