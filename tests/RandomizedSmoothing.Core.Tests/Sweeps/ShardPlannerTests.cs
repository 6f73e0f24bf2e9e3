using CsCheck;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class ShardPlannerTests
{
    private static readonly SweepId Sweep = new("s");
    private static readonly CellId Cell = new("d/m/gaussian/0.5");

    [Fact]
    public void Shards_cover_exactly_the_unfinished_ordinals_without_overlap() =>
        Gen.Select(Gen.Int[0, 300].HashSet[0, 200], Gen.Int[1, 50])
            .Sample(
                (ordinals, images) =>
                {
                    var unfinished = ordinals.Order().ToList();

                    var shards = ShardPlanner.Plan(Sweep, Cell, unfinished, images).ToList();

                    shards.SelectMany(s => Enumerable.Range(s.First, s.Count)).ShouldBe(unfinished);
                    shards.ShouldAllBe(s => s.Count >= 1 && s.Count <= images);
                    shards.Select(s => s.Id).Distinct().Count().ShouldBe(shards.Count);
                    shards
                        .Zip(shards.Skip(1))
                        .ShouldAllBe(p => p.First.End < p.Second.First || p.First.Count == images);
                }
            );

    [Fact]
    public void A_huge_data_set_is_planned_lazily()
    {
        var shards = ShardPlanner.Plan(Sweep, Cell, Enumerable.Range(0, int.MaxValue), 1000);

        shards.Take(3).Select(s => s.First).ShouldBe([0, 1000, 2000]);
    }

    [Fact]
    public void Ordinals_out_of_order_are_refused() =>
        Should.Throw<ArgumentException>(() => ShardPlanner.Plan(Sweep, Cell, [3, 3], 5).ToList());

    [Fact]
    public void Only_images_that_the_stopping_rule_wants_more_of_are_unfinished()
    {
        var spec = SweepFile.Parse(SweepTexts.Minimal, null, ["certify.n=1000"]).Require();
        var sweep = TestDefinition.Of(spec);
        var votes = TestDefinition.Votes(
            sweep,
            sweep.Cells[0],
            o =>
                o % 3 == 0 ? (100, 1000)
                : o % 3 == 1 ? (100, 999)
                : (0, 0)
        );

        ShardPlanner
            .Unfinished(votes, new FixedStoppingRule(sweep.Plan))
            .ShouldBe(Enumerable.Range(0, 20).Where(o => o % 3 != 0));
    }

    [Theory]
    [InlineData(1_000, 50_000.0, 1, 10_000, 500)]
    [InlineData(1_000_000, 50_000.0, 1, 10_000, 1)]
    [InlineData(100, 1e9, 1, 1_000_000, 1000)]
    [InlineData(1_000, 50_000.0, 8, 320, 10)]
    [InlineData(1_000, null, 1, 10_000, 200)]
    [InlineData(1_000, 50_000.0, 64, 3, 1)]
    public void A_shard_takes_about_the_target_time_and_leaves_several_for_every_device(
        long drawsPerImage,
        double? speed,
        int devices,
        long unfinished,
        int images
    ) =>
        new ShardSizing
        {
            DrawsPerImage = drawsPerImage,
            DrawsPerSecond = speed,
            Devices = devices,
        }
            .Images(unfinished)
            .ShouldBe(images);

    [Fact]
    public void A_size_is_within_its_bounds_whatever_is_measured() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Double, Gen.Int, Gen.Long[0, long.MaxValue])
            .Sample(
                (draws, speed, devices, unfinished) =>
                    new ShardSizing
                    {
                        DrawsPerImage = draws,
                        DrawsPerSecond = speed,
                        Devices = devices,
                    }
                        .Images(unfinished)
                        .ShouldBeInRange(1, ShardSizing.MostImages)
            );

    [Fact]
    public void A_size_that_the_user_fixed_is_kept() =>
        new ShardSizing { DrawsPerImage = 1, FixedImages = 7 }
            .Images(3)
            .ShouldBe(7);
}
