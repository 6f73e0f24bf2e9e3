using RandomizedSmoothing.Core.AccuracyLoss.Geometry;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.Geometry;

public sealed class BallLawTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(784)]
    public void The_law_keeps_its_digits_at_the_centre(int dimension)
    {
        // The cap of height x near the centre differs from one half by the density times x.
        var law = new BallLaw(dimension, 2);
        foreach (var x in new[] { 1e-5, 1e-8, 1e-10, 1e-14 })
        {
            (law.Cdf(x) - 0.5).ShouldBe(law.Density(0) * x, 1e-15 + (1e-6 * x));
            law.Cdf(-x).ShouldBe(1 - law.Cdf(x), 1e-15);
        }

        law.Quantile(0.5).ShouldBe(0, 1e-13);
    }

    [Fact]
    public void Two_equal_balls_a_little_apart_share_all_but_a_sliver()
    {
        var ball = new BallRegion(30, 1, RadialNoise.Ball, 1);
        var density = new BallLaw(30, 1).Density(0);
        foreach (var t in new[] { 1e-4, 1e-6, 1e-9, 1e-12 })
        {
            (1 - ball.VoteAt(t)).ShouldBe(density * t, 1e-15 + (1e-4 * t));
        }
    }
}
