using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.FiniteDomains;

public sealed class DichotomyTests
{
    [Fact]
    public void Smoothing_shrinks_the_hypotheses_exactly_when_a_point_owns_no_vote() =>
        Gen.Select(EnumerationAgreementTests.Kernels(6, 4), Gen.Int[2, 3], Gen.Enum<TieRule>())
            .Sample(
                (kernel, labels, ties) =>
                {
                    var dichotomy = Dichotomy.Of(kernel, labels);
                    var answer = FeasibleSets.Enumerate(
                        new FeasibleSetQuestion(kernel, HypothesisSpace.All(kernel.Points, labels)) { Ties = ties }
                    );
                    answer.Image.ShouldBeLessThanOrEqualTo(dichotomy.ImageBound);
                    if (dichotomy.Shrinks is { } shrinks)
                    {
                        (answer.Image < answer.Hypotheses).ShouldBe(shrinks);
                    }
                },
                iter: 1000
            );

    [Fact]
    public void The_bound_is_attained_just_above_the_first_level_of_the_3_cube()
    {
        var kernel = KernelFamilies.HypercubeFlip(3, new ExactFraction(2063, 10000));
        var dichotomy = Dichotomy.Of(kernel, 2);
        dichotomy.Witnesses.Length.ShouldBe(8);
        dichotomy.ImageBound.ShouldBe(240);
        Dichotomy.Of(KernelFamilies.HypercubeFlip(3, new ExactFraction(2062, 10000)), 2).Shrinks.ShouldBe(false);
    }

    [Theory]
    [InlineData(2, 0.292893219)]
    [InlineData(3, 0.206299474)]
    [InlineData(784, 8.837e-4)]
    [InlineData(3072, 2.256e-4)]
    public void Bit_flips_shrink_from_the_closed_form_level_on(int bits, double level)
    {
        var first = CriticalFlipLevels.First(bits);
        first.ShouldBe(level, level < 0.01 ? 5e-8 : 5e-10);
        Math.Pow(1 - first, bits).ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public void Critical_levels_of_the_3_cube_are_found_with_the_counts_around_them()
    {
        var levels = CriticalFlipLevels.All(3, TieRule.Abstain);
        levels[0].Level.ShouldBe(CriticalFlipLevels.First(3), 1e-13);
        (levels[0].ImageBelow, levels[0].ImageAbove).ShouldBe((256, 240));
        var last = levels.Single(l => l.ImageAbove == 48 && l.ImageBelow != 48);
        last.Level.ShouldBe(0.40303, 5e-6);
        last.FixedAbove.ShouldBe(48);
        foreach (var (left, right) in levels.Zip(levels.Skip(1)))
        {
            left.ImageAbove.ShouldBe(right.ImageBelow);
            left.FixedAbove.ShouldBe(right.FixedBelow);
        }
    }

    [Fact]
    public void The_first_critical_level_found_is_the_closed_form_one()
    {
        foreach (var bits in new[] { 1, 2, 4 })
        {
            var levels = CriticalFlipLevels.All(bits, TieRule.Abstain);
            if (bits == 1)
            {
                levels.ShouldBeEmpty("with one bit the only level is one half");
                continue;
            }

            levels[0].Level.ShouldBe(CriticalFlipLevels.First(bits), 1e-13);
            levels[0].ImageBelow.ShouldBe(System.Numerics.BigInteger.Pow(2, 1 << bits));
        }
    }
}
