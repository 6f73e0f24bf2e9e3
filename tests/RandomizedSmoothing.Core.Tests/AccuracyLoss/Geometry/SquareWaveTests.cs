using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.Geometry;

public sealed class SquareWaveTests
{
    [Fact]
    public void Uniform_noise_wider_than_a_stripe_but_not_than_two_inverts_every_label() =>
        Gen.Select(Gen.Double[0.1, 3], Gen.Double[1.001, 1.999])
            .Sample(
                (stripe, ratio) =>
                {
                    var smoothed = new SquareWave(stripe, new UniformLaw(stripe * ratio)).Smooth();
                    smoothed.Inverted.ShouldBe(1, 1e-9);
                    smoothed.OwnLoss.ShouldBe(1, 1e-9);
                },
                iter: 30
            );

    [Theory]
    [InlineData(0.9, 1, 0, 0)]
    [InlineData(1.0, 0, 0, 1)]
    [InlineData(2.0, 0, 0, 1)]
    [InlineData(2.5, 1, 0, 0)]
    [InlineData(3.5, 0, 1, 0)]
    public void Uniform_noise_keeps_inverts_and_erases_in_turn(double r, double kept, double inverted, double erased)
    {
        var smoothed = new SquareWave(1, new UniformLaw(r)).Smooth();
        smoothed.Kept.ShouldBe(kept, 1e-9);
        smoothed.Inverted.ShouldBe(inverted, 1e-9);
        smoothed.Erased.ShouldBe(erased, 1e-9);
    }

    [Fact]
    public void The_vote_agrees_with_its_Fourier_series() =>
        Gen.Select(Gen.Int[0, 3], Gen.Double[0.2, 2], Gen.Double[-3, 3])
            .Sample(
                (family, scale, x) =>
                {
                    var law = NoiseLaws.OfScale(NoiseLaws.Names[family], scale);
                    double Characteristic(double w) =>
                        law switch
                        {
                            GaussianLaw => Math.Exp(-(scale * scale * w * w) / 2),
                            LaplaceLaw => 1 / (1 + (scale * scale * w * w)),
                            UniformLaw => Math.Sin(scale * w) / (scale * w),
                            _ => Math.PI * scale * w / Math.Sinh(Math.Min(700, Math.PI * scale * w)),
                        };
                    var series = 0.5;
                    for (var k = 1; k < 40_000; k += 2)
                    {
                        series += 2 / (Math.PI * k) * Characteristic(k * Math.PI) * Math.Sin(k * Math.PI * x);
                    }

                    new SquareWave(1, law).Vote(x).ShouldBe(series, 1e-5);
                },
                iter: 60
            );

    [Fact]
    public void Unimodal_noise_with_a_positive_spectrum_keeps_the_wave_though_its_vote_fades()
    {
        var smoothed = new SquareWave(1, new GaussianLaw(1)).Smooth();
        smoothed.Kept.ShouldBe(1, 1e-9);
        smoothed.CentreVote.ShouldBe(0.5 + (2 / Math.PI * Math.Exp(-Math.PI * Math.PI / 2)), 1e-9);
    }

    [Fact]
    public void The_version_space_shrinks_by_the_known_fraction()
    {
        foreach (var r in new[] { 0.1, 0.5, 1, 1.3, 1.9, 2.5 })
        {
            var expected = r <= 1 ? 1 - (r * r / 2) : Math.Pow(Math.Max(0, 2 - r), 2) / 2;
            new IntervalVersionSpace(0, 1, 1, new UniformLaw(r)).FeasibleFraction.ShouldBe(expected, 1e-9);
        }
    }

    [Fact]
    public void The_version_space_fraction_agrees_with_counting_on_a_grid() =>
        Gen.Select(Gen.Int[0, 3], Gen.Double[0.1, 1], Gen.Double[0, 1], Gen.Double[0.5, 2], Gen.Double[0.5, 2])
            .Sample(
                (family, scale, core, left, right) =>
                {
                    var law = NoiseLaws.OfScale(NoiseLaws.Names[family], scale);
                    const int cells = 30;
                    var fitting = 0;
                    for (var i = 0; i < cells * cells; i++)
                    {
                        var (u, v) = ((i % cells + 0.5) / cells * left, ((i / cells) + 0.5) / cells * right);
                        var half = (core + u + v) / 2;
                        var smoothed = new SlabRegion(half, law).SmoothedHalfWidth;
                        fitting += smoothed >= half - Math.Min(u, v) ? 1 : 0;
                    }

                    new IntervalVersionSpace(core, left, right, law).FeasibleFraction.ShouldBe(
                        fitting / (double)(cells * cells),
                        0.06
                    );
                },
                iter: 6
            );
}
