using RandomizedSmoothing.Cli.LoadTest;

namespace RandomizedSmoothing.Cli.Tests.LoadTest;

public sealed class PairedLossTests
{
    [Fact]
    public void A_machine_that_slows_down_does_not_show_as_a_loss_of_pairs()
    {
        var loss = PairedLoss.Of(
            Enumerable.Range(0, 9).Select(i => ((double?)(1000 - (100 * i)), (double?)(0.96 * (1000 - (100 * i)))))
        )!;

        loss.Median.ShouldBe(0.04, 1e-12);
        loss.Interval!.Value.Low.ShouldBe(0.04, 1e-12);
        loss.Interval.Value.High.ShouldBe(0.04, 1e-12);
    }

    [Fact]
    public void Pairs_without_both_speeds_do_not_count()
    {
        PairedLoss.Of([]).ShouldBeNull();
        PairedLoss.Of([(0, 10), (null, 10), (10, null)]).ShouldBeNull();
        var loss = PairedLoss.Of([(0, 10), (10, 9), (10, 12)])!;
        loss.Pairs.ShouldBe(2);
        loss.Median.ShouldBe(-0.05, 1e-12);
    }

    /// <summary>Order statistics of the sign test: 2 P(Binomial(n, 1/2) ≤ k) ≤ 0.05 for the largest such k.</summary>
    [Theory]
    [InlineData(5, null)]
    [InlineData(6, 0)]
    [InlineData(8, 0)]
    [InlineData(9, 1)]
    [InlineData(15, 3)]
    [InlineData(24, 6)]
    [InlineData(100, 39)]
    public void The_interval_leaves_out_as_many_on_each_side_as_the_sign_test_allows(int pairs, int? outside)
    {
        var loss = PairedLoss.Of(Enumerable.Range(0, pairs).Select(i => ((double?)1, (double?)(1 - i))))!;

        loss.Interval?.Low.ShouldBe(outside!.Value);
        loss.Interval?.High.ShouldBe(pairs - 1 - outside!.Value);
        (loss.Interval is null).ShouldBe(outside is null);
    }
}
