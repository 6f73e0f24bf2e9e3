using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.FiniteDomains;

public sealed class FeasibleSetsTests
{
    private static FeasibleSetAnswer Count(SmoothingKernel kernel, int labels = 2, TieRule ties = TieRule.Abstain) =>
        FeasibleSets.Enumerate(
            new FeasibleSetQuestion(kernel, HypothesisSpace.All(kernel.Points, labels)) { Ties = ties }
        );

    [Theory]
    [InlineData(8, 1, 96, 46)]
    [InlineData(10, 1, 334, 122)]
    [InlineData(16, 1, 10608, 2206)]
    [InlineData(8, 2, 80, 28)]
    public void Majority_on_the_cycle_has_the_known_image_and_fixed_counts(int n, int radius, int image, int fixedCount)
    {
        var answer = Count(KernelFamilies.Cycle(n, radius));
        answer.Image.ShouldBe(image);
        answer.Proper.ShouldBe(image);
        answer.Fixed.ShouldBe(fixedCount);
    }

    [Theory]
    [InlineData("0.2062", 256, 256)]
    [InlineData("0.2063", 240, 240)]
    [InlineData("0.4033", 48, 48)]
    public void Bit_flips_on_the_3_cube_have_the_known_counts(string q, int image, int fixedCount)
    {
        ExactFraction.TryParse(q, out var flip).ShouldBeTrue();
        var answer = Count(KernelFamilies.HypercubeFlip(3, flip));
        answer.Image.ShouldBe(image);
        answer.Fixed.ShouldBe(fixedCount);
    }

    [Fact]
    public void The_4_cube_is_counted_exactly_with_weights_beyond_64_bits()
    {
        ExactFraction.TryParse("0.2500000000000001", out var flip).ShouldBeTrue();
        var wide = Count(KernelFamilies.HypercubeFlip(4, flip));
        var narrow = Count(KernelFamilies.HypercubeFlip(4, new ExactFraction(2501, 10000)));
        wide.Image.ShouldBe(narrow.Image);
        wide.Fixed.ShouldBe(narrow.Fixed);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 1)]
    [InlineData(5, 3)]
    public void Majority_over_an_odd_Hamming_ball_inverts_parity(int bits, int radius)
    {
        var parity = Enumerable.Range(0, 1 << bits).Select(x => int.PopCount(x) & 1).ToArray();
        KernelFamilies
            .HypercubeBall(bits, radius)
            .Smooth(parity, 2, TieRule.Abstain)
            .ShouldBe(parity.Select(y => 1 - y));
    }

    [Theory]
    [InlineData(1, 0.75)]
    [InlineData(2, 0.6875)]
    [InlineData(3, 0.65625)]
    public void Random_labels_on_the_cycle_keep_the_known_share_of_accuracy(int radius, double accuracy)
    {
        var kernel = KernelFamilies.Cycle(9, radius);
        Count(kernel).MeanOwnAccuracy.ToDouble().ShouldBe(accuracy);
        RandomLabels.MeanOwnAccuracy(kernel, TieRule.Abstain).ToDouble().ShouldBe(accuracy);
        RandomLabels.MeanOwnAccuracy(KernelFamilies.Cycle(1001, radius), TieRule.Abstain).ToDouble().ShouldBe(accuracy);
    }

    [Fact]
    public void An_enumeration_beyond_the_budget_is_refused_with_its_cost()
    {
        var error = Should.Throw<UserErrorException>(() => Count(KernelFamilies.Cycle(48, 1)));
        error.Message.ShouldContain("2^48");
        error.Message.ShouldContain("32 TiB of memory");
        error.Message.ShouldContain("1,073,741,824 hypotheses");
    }

    [Fact]
    public void A_cancelled_enumeration_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var kernel = KernelFamilies.Cycle(20, 1);
        Should.Throw<OperationCanceledException>(() =>
            FeasibleSets.Enumerate(
                new FeasibleSetQuestion(kernel, HypothesisSpace.All(20, 2)),
                cancellation: source.Token
            )
        );
    }

    [Fact]
    public void Linear_threshold_functions_are_as_many_as_known() =>
        Enumerable.Range(1, 4).Select(n => (int)HypothesisSpace.Halfspaces(n).Count).ShouldBe([4, 14, 104, 1882]);

    [Fact]
    public void Long_arcs_survive_the_majority_filter_and_short_ones_vanish()
    {
        var answer = FeasibleSets.Enumerate(
            new FeasibleSetQuestion(KernelFamilies.Cycle(12, 2), HypothesisSpace.Arcs(12))
        );
        answer.Hypotheses.ShouldBe(2 + (12 * 11));

        // Arcs of 1 or 2 points, or gaps of 1 or 2, are filled; the 12·7 others and the two constants stay.
        answer.Fixed.ShouldBe(2 + (12 * 7));
        answer.Image.ShouldBe(2 + (12 * 7));
        answer.Proper.ShouldBe(2 + (12 * 7));
    }
}
