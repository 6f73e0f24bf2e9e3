using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Noise;

public sealed class SamplerTests
{
    private static readonly NoiseKey Key = new(Seed: 7, Dataset: 42, Image: 3, Stream: 1);

    [Theory]
    [MemberData(nameof(RadiusTests.Families), MemberType = typeof(RadiusTests))]
    public void Draws_depend_on_key_and_number_alone(string family)
    {
        var shape = new ImageShape(3, 5, 7);
        var sampler = NoiseFamilies.Create(family, 0.4).CreateSampler(shape);
        var image = Enumerable.Range(0, shape.Dimension).Select(i => (byte)(i * 37 % 256)).ToArray();
        var whole = Sample(sampler, Key, 5, 9, image);
        float[] parts = [.. Sample(sampler, Key, 5, 2, image), .. Sample(sampler, Key, 7, 7, image)];
        parts.ShouldBe(whole);
        NoiseFamilies.Create(family, 0.4).CreateSampler(shape).IsExact.ShouldBe(sampler.IsExact);
        if (family != "dssn")
        {
            Sample(sampler, Key with { Image = 4 }, 5, 9, image).ShouldNotBe(whole);
        }

        Should.Throw<ArgumentException>(() => sampler.Sample(Key, 0, image, new float[shape.Dimension + 1]));
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("uniform")]
    [InlineData("laplace")]
    [InlineData("pareto-a10")]
    [InlineData("exp-p")]
    [InlineData("exp-p-p0.5")]
    [InlineData("exp-infinity")]
    [InlineData("exp-infinity-k10-j10")]
    [InlineData("power-infinity")]
    [InlineData("exp-l2")]
    [InlineData("exp-l2-k2")]
    [InlineData("uniform-ball")]
    public void Coordinates_have_mean_0_and_the_standard_deviation_that_sigma_says(string family)
    {
        const double Sigma = 0.3;
        const int Dimension = 48;
        const int Draws = 6000;
        var noise = Additive(family, Sigma, Dimension, Draws);
        var squares = noise.Select(v => v * v).ToArray();
        var mean = noise.Average();
        var square = squares.Average();

        // Coordinates of one draw may depend on each other: errors from the draws' own means.
        var rows = squares.Chunk(Dimension).Select(row => row.Average()).ToArray();
        var error = Math.Sqrt(rows.Sum(r => (r - square) * (r - square))) / rows.Length;
        var meanRows = noise.Chunk(Dimension).Select(row => row.Average()).ToArray();
        var meanError = Math.Sqrt(meanRows.Sum(r => (r - mean) * (r - mean))) / meanRows.Length;
        (mean / meanError).ShouldBeInRange(-4, 4);
        ((square - Sigma * Sigma) / error).ShouldBeInRange(-4.5, 4.5);
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("laplace")]
    [InlineData("pareto")]
    [InlineData("exp-p")]
    [InlineData("exp-p-p0.5")]
    [InlineData("exp-l2-k2")]
    public void Marginal_distributions_pass_Kolmogorov_and_Smirnov(string family)
    {
        const double Sigma = 0.3;
        var distribution = NoiseFamilies.Create(family, Sigma);
        var lambda = distribution.Lambda(16);
        Func<double, double> cdf = distribution switch
        {
            UniformNoise => x => Math.Clamp(0.5 + x / (2 * lambda), 0, 1),
            LaplaceNoise => x => x < 0 ? 0.5 * Math.Exp(x / lambda) : 1 - 0.5 * Math.Exp(-x / lambda),
            ParetoNoise => x => 0.5 + 0.5 * Math.Sign(x) * (1 - Math.Pow(1 + Math.Abs(x) / lambda, -3)),
            ExpPNoise { Family: "exp-p" } => x => Power(x, lambda, 4),
            ExpPNoise => x => Power(x, lambda, 0.5),
            _ => x => NormalDistribution.Cdf(x / Sigma),
        };
        KolmogorovSmirnov(Additive(family, Sigma, 16, 2000), cdf).ShouldBeLessThan(2.0);
    }

    [Fact]
    public void Radial_distributions_pass_Kolmogorov_and_Smirnov()
    {
        const int D = 12;
        var ball = Additive("uniform-ball", 0.3, D, 3000).Chunk(D);
        var radius = new UniformBallNoise(0.3).Lambda(D);
        KolmogorovSmirnov([.. ball.Select(x => Math.Pow(Length(x) / radius, D))], u => u).ShouldBeLessThan(2.0);

        var exponential = Additive("exp-l2", 0.3, D, 3000).Chunk(D);
        var scale = new ExpL2Noise(0.3).Lambda(D);
        KolmogorovSmirnov([.. exponential.Select(x => Length(x) / scale)], r => RegularizedGamma.Tails(D, r).Lower)
            .ShouldBeLessThan(2.0);

        var infinity = Additive("exp-infinity", 0.3, D, 3000).Chunk(D).ToArray();
        var width = new ExpInfinityNoise(0.3).Lambda(D);
        KolmogorovSmirnov([.. infinity.Select(x => x.Max(Math.Abs) / width)], r => RegularizedGamma.Tails(D, r).Lower)
            .ShouldBeLessThan(2.0);

        // Of the other coordinates each is uniform below the largest.
        KolmogorovSmirnov(
                [.. infinity.Select(x => x.Select(Math.Abs).OrderDescending().Skip(1).First() / x.Max(Math.Abs))],
                u => Math.Pow(u, D - 1)
            )
            .ShouldBeLessThan(2.0);

        // A power law: ‖x‖∞/(λ + ‖x‖∞) is Beta(d, 100), here by its tail as a binomial one.
        var power = Additive("power-infinity", 0.3, D, 3000).Chunk(D);
        var unit = new PowerInfinityNoise(0.3).Lambda(D);
        KolmogorovSmirnov([.. power.Select(x => x.Max(Math.Abs) / (unit + x.Max(Math.Abs)))], u => BetaCdf(u, D, 100))
            .ShouldBeLessThan(2.0);
    }

    [Fact]
    public void Discrete_noise_passes_chi_square()
    {
        const double Replaced = 0.4;
        var sampler = new DiscreteNoise(Replaced, 8).CreateSampler(new ImageShape(1, 1, 50));
        var image = Enumerable.Repeat((byte)(2 * 255 / 7), 50).ToArray();
        var noisy = Sample(sampler, Key, 0, 2000, image);
        var counts = new double[8];
        foreach (var value in noisy)
        {
            counts[(int)MathF.Round(value * 7)]++;
        }

        double statistic = 0;
        for (var level = 0; level < 8; level++)
        {
            var expected = noisy.Length * (level == 2 ? 1 - Replaced : Replaced / 7);
            statistic += (counts[level] - expected) * (counts[level] - expected) / expected;
        }

        statistic.ShouldBeLessThan(29.9, "the 1e-4 quantile of chi-square with 7 degrees of freedom");
    }

    [Fact]
    public void Ablation_keeps_k_coordinates_and_every_one_equally_often()
    {
        const int D = 30;
        const int Draws = 4000;
        var noise = new AblationNoise(0.8);
        var image = Enumerable.Repeat((byte)255, D).ToArray();
        var noisy = Sample(noise.CreateSampler(new ImageShape(1, 1, D)), Key, 0, Draws, image);
        var kept = new double[D];
        var pairs = 0.0;
        foreach (var row in noisy.Chunk(D))
        {
            row.Count(v => v == 1f).ShouldBe(6);
            row.Count(v => v == AblationNoise.Ablated).ShouldBe(D - 6);
            for (var i = 0; i < D; i++)
            {
                kept[i] += row[i];
            }

            pairs += row[0] == 1f && row[1] == 1f ? 1 : 0;
        }

        // kept[i] holds 1 for kept and ½ for ablated draws.
        var expected = Draws * 0.2;
        var statistic = kept.Sum(v => Math.Pow(2 * v - Draws - expected, 2) / (expected * 0.8)) * (D - 1) / D;
        statistic.ShouldBeLessThan(66.2, "the 1e-4 quantile of chi-square with 29 degrees of freedom");
        var together = Draws * 6.0 * 5 / (30 * 29);
        Math.Abs(pairs - together).ShouldBeLessThan(4 * Math.Sqrt(together));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.6)]
    public void Splitting_noise_notices_a_change_with_the_probability_of_its_size(double sigma)
    {
        var noise = new SplittingNoise(sigma);
        var sampler = noise.CreateSampler(new ImageShape(1, 1, 100));
        const int Draws = 2000;
        foreach (var (x, other) in new[] { (0, 10), (100, 115), (240, 255) })
        {
            var first = Sample(sampler, Key, 0, Draws, Enumerable.Repeat((byte)x, 100).ToArray());
            var second = Sample(sampler, Key, 0, Draws, Enumerable.Repeat((byte)other, 100).ToArray());
            var noticed = first.Zip(second).Count(pair => pair.First != pair.Second) / (double)first.Length;
            var expected = Math.Min(1, (other - x) / 255.0 / (2 * noise.Lambda(1)));
            noticed.ShouldBe(expected, 4 * Math.Sqrt(expected / first.Length));
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.6)]
    public void Derandomised_splitting_notices_a_change_of_m_steps_in_exactly_m_draws(double sigma)
    {
        var noise = new DerandomizedSplittingNoise(sigma);
        var sampler = noise.CreateSampler(new ImageShape(1, 2, 8));
        var q = (int)noise.CompleteDraws!.Value;
        var image = Enumerable.Range(0, 16).Select(i => (byte)(i * 15)).ToArray();
        var before = Sample(sampler, Key, 0, q, image);
        foreach (var (coordinate, change) in new[] { (0, 1), (3, 7), (9, 20), (15, 30) })
        {
            var changed = image.ToArray();
            changed[coordinate] = (byte)(changed[coordinate] + change);
            var after = Sample(sampler, Key, 0, q, changed);
            var draws = before.Chunk(16).Zip(after.Chunk(16)).Count(p => !p.First.SequenceEqual(p.Second));
            draws.ShouldBe(Math.Min(change, q));
        }

        // One seed or another, training or test: the template is the same.
        Sample(sampler, Key with { Seed = 99, Stream = 2, Image = 8 }, 0, q, image).ShouldBe(before);
        Sample(sampler, Key, q, q, image).ShouldBe(before);
    }

    private static float[] Sample(NoiseSampler sampler, NoiseKey key, long first, int draws, byte[] image)
    {
        var noisy = new float[draws * image.Length];
        sampler.Sample(key, first, image, noisy);
        return noisy;
    }

    // Noise alone: from a black image, which clips nothing for these families at these levels.
    private static double[] Additive(string family, double sigma, int dimension, int draws)
    {
        var shape = new ImageShape(1, 1, dimension);
        var sampler = NoiseFamilies.Create(family, sigma).CreateSampler(shape);
        return [.. Sample(sampler, Key, 0, draws, new byte[dimension]).Select(v => (double)v)];
    }

    private static double KolmogorovSmirnov(double[] sample, Func<double, double> cdf)
    {
        Array.Sort(sample);
        var worst = 0.0;
        for (var i = 0; i < sample.Length; i++)
        {
            var at = cdf(sample[i]);
            worst = Math.Max(worst, Math.Max(at - (double)i / sample.Length, (i + 1.0) / sample.Length - at));
        }

        return worst * Math.Sqrt(sample.Length);
    }

    private static double Length(double[] x) => Math.Sqrt(x.Sum(v => v * v));

    private static double Power(double x, double lambda, double p) =>
        0.5 + 0.5 * Math.Sign(x) * RegularizedGamma.Tails(1 / p, Math.Pow(Math.Abs(x) / lambda, p)).Lower;

    // P(Beta(a, b) ≤ u) = P(Bin(a + b − 1, u) ≥ a) for integers.
    private static double BetaCdf(double u, int a, int b)
    {
        var n = a + b - 1;
        var sum = 0.0;
        for (var k = a; k <= n; k++)
        {
            var log =
                RegularizedGamma.LogGamma(n + 1)
                - RegularizedGamma.LogGamma(k + 1)
                - RegularizedGamma.LogGamma(n - k + 1);
            sum += Math.Exp(log + k * Math.Log(u) + (n - k) * Math.Log(1 - u));
        }

        return sum;
    }
}
