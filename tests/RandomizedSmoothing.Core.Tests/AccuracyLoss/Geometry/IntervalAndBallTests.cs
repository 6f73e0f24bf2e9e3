using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.Geometry;

public sealed class IntervalAndBallTests
{
    private static readonly Gen<SymmetricNoise> Laws = Gen.Select(Gen.Int[0, 4], Gen.Double[0.1, 3], Gen.Int[1, 9])
        .Select((family, scale, d) => NoiseLaws.OfScale(NoiseLaws.Names[family], scale, d));

    [Fact]
    public void Median_absolute_noise_is_the_known_multiple_of_the_scale()
    {
        new GaussianLaw(2).MedianAbsolute.ShouldBe(2 * 0.674489750, 1e-8);
        new LaplaceLaw(2).MedianAbsolute.ShouldBe(2 * Math.Log(2), 1e-14);
        new UniformLaw(2).MedianAbsolute.ShouldBe(1);
        new LogisticLaw(2).MedianAbsolute.ShouldBe(2 * Math.Log(3), 1e-14);
    }

    [Fact]
    public void Quantiles_invert_and_densities_differentiate_the_cdf() =>
        Gen.Select(Laws, Gen.Double[0.01, 0.99])
            .Sample(
                (law, p) =>
                {
                    var x = law.Quantile(p);
                    law.Cdf(x).ShouldBe(p, 1e-12);
                    var h = 1e-5 * law.Scale;
                    var inside = law is not (UniformLaw or BallLaw) || Math.Abs(x) + h < law.Scale * 0.99;
                    if (inside && Math.Abs(x) > 2 * h)
                    {
                        (law.Probability(x - h, x + h) / (2 * h)).ShouldBe(law.Density(x), 1e-6 / law.Scale);
                    }
                },
                iter: 400
            );

    [Fact]
    public void Laws_given_by_their_standard_deviation_have_it() =>
        Gen.Select(Gen.Int[0, 4].Select(i => NoiseLaws.Names[i]), Gen.Double[0.1, 3], Gen.Int[1, 9])
            .Sample(
                (family, sigma, d) =>
                {
                    var law = NoiseLaws.OfSigma(family, sigma, d);
                    law.StandardDeviation.ShouldBe(sigma, 1e-12);
                    var variance = Integral.Of(x => x * x * law.Density(x), -law.Reach, law.Reach, [0], 1e-10);
                    variance.ShouldBe(sigma * sigma, 1e-8);
                },
                iter: 40
            );

    [Theory]
    [InlineData(1.0, 0.933270599644)]
    [InlineData(1.4, 0.476274404944)]
    public void Gaussian_noise_shrinks_the_unit_interval_to_the_known_width(double sigma, double halfWidth)
    {
        var slab = new SlabRegion(1, new GaussianLaw(sigma));
        slab.SmoothedHalfWidth!.Value.ShouldBe(halfWidth, 1e-11);
        new BallRegion(1, 1, RadialNoise.Gaussian, sigma).SmoothedRadius!.Value.ShouldBe(halfWidth, 1e-11);
        slab.VanishingSigma.ShouldBe(1.482602219, 1e-9);
    }

    [Fact]
    public void The_smoothed_width_solves_its_equation_and_vanishes_at_the_median_absolute_noise() =>
        Gen.Select(Laws, Gen.Double[0.05, 4])
            .Sample(
                (law, halfWidth) =>
                {
                    var slab = new SlabRegion(halfWidth, law);
                    (halfWidth < law.MedianAbsolute).ShouldBe(slab.Vanishes);
                    if (slab.SmoothedHalfWidth is { } m)
                    {
                        m.ShouldBeInRange(0, halfWidth);
                        (law.Cdf(halfWidth - m) + law.Cdf(halfWidth + m)).ShouldBe(1.5, 1e-12);
                    }
                    else
                    {
                        slab.OwnLoss.ShouldBe(1);
                    }

                    var edge = slab.VanishingScale;
                    new SlabRegion(halfWidth, law.WithScale(edge * 0.999999)).Vanishes.ShouldBeFalse();
                    new SlabRegion(halfWidth, law.WithScale(edge * 1.000001)).Vanishes.ShouldBeTrue();
                }
            );

    [Theory]
    [InlineData(1, 1.482602219)]
    [InlineData(2, 0.8493218003)]
    [InlineData(3, 0.6501222455)]
    [InlineData(10, 0.3271781591)]
    [InlineData(3072, 0.01804415386)]
    public void Balls_vanish_at_the_known_noise(int dimension, double sigma)
    {
        var ball = new BallRegion(dimension, 1, RadialNoise.Gaussian, sigma * (1 + 1e-8));
        ball.VanishingSigma.ShouldBe(sigma, 1e-9 * sigma);
        ball.SmoothedRadius.ShouldBeNull();
        new BallRegion(dimension, 1, RadialNoise.Gaussian, sigma * (1 - 1e-8)).SmoothedRadius.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(2, 0.5, 0.857148140)]
    [InlineData(3, 0.3, 0.903786538)]
    [InlineData(10, 0.2, 0.798110000)]
    public void Balls_shrink_to_the_known_radius(int dimension, double sigma, double radius)
    {
        var ball = new BallRegion(dimension, 1, RadialNoise.Gaussian, sigma);
        ball.SmoothedRadius!.Value.ShouldBe(radius, 1e-9);
        ball.OwnLoss.ShouldBe(1 - Math.Pow(radius, dimension), 1e-8);
    }

    [Fact]
    public void The_vote_in_a_ball_agrees_with_integrating_along_the_axis() =>
        Gen.Select(Gen.Int[2, 60], Gen.Double[0.05, 2], Gen.Double[0, 1.5], Gen.Bool)
            .Sample(
                (d, scale, t, gaussian) =>
                {
                    // Condition on the noise along the axis: the rest is a central ball in d − 1 dimensions.
                    var ball = new BallRegion(d, 1, gaussian ? RadialNoise.Gaussian : RadialNoise.Ball, scale);
                    SymmetricNoise along = gaussian ? new GaussianLaw(scale) : new BallLaw(d, scale);
                    double Across(double u)
                    {
                        var room = 1 - ((t + u) * (t + u));
                        if (room <= 0)
                        {
                            return 0;
                        }

                        return gaussian
                            ? GammaFunctions.ChiSquareCdf(d - 1, room / (scale * scale))
                            : Math.Min(1, Math.Pow(room / ((scale - u) * (scale + u)), (d - 1) / 2.0));
                    }

                    var cut = ((scale * scale) + (t * t) - 1) / (-2 * t);
                    var integral = Integral.Of(
                        u => along.Density(u) * Across(u),
                        Math.Max(-1 - t, -along.Reach),
                        Math.Min(1 - t, along.Reach),
                        [0, cut],
                        1e-12
                    );
                    ball.VoteAt(t).ShouldBe(integral, 1e-9);
                },
                iter: 150
            );

    [Fact]
    public void The_ball_model_keeps_long_intervals_and_erases_short_ones() =>
        Gen.Select(Gen.Double[0.1, 2], Gen.Double[0.1, 3])
            .Where((r, length) => Math.Abs(r - length) > 1e-9)
            .Sample(
                (r, length) =>
                {
                    foreach (SymmetricNoise law in new SymmetricNoise[] { new UniformLaw(r), new BallLaw(1, r) })
                    {
                        var slab = new SlabRegion(length / 2, law);
                        (slab.SmoothedHalfWidth ?? 0).ShouldBe(length >= r ? length / 2 : 0, 1e-9);
                    }
                }
            );

    [Fact]
    public void The_ball_model_erases_a_ball_when_it_holds_less_than_half_the_noise()
    {
        foreach (var d in new[] { 1, 2, 3, 10, 784, 3072 })
        {
            var edge = new BallRegion(d, 1, RadialNoise.Ball, 1).VanishingScale;
            edge.ShouldBe(Math.Pow(2, 1.0 / d), 1e-12);
            new BallRegion(d, 1, RadialNoise.Ball, edge * (1 + 1e-9)).SmoothedRadius.ShouldBeNull();
            new BallRegion(d, 1, RadialNoise.Ball, edge * (1 - 1e-9)).SmoothedRadius.ShouldNotBeNull();

            // Far smaller noise leaves the ball nearly alone, also where volume ratios overflow.
            new BallRegion(d, 1, RadialNoise.Ball, 1e-3).SmoothedRadius!.Value.ShouldBe(1, 1e-6);
        }
    }
}
