using System.Runtime.Intrinsics;
using CsCheck;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Noise;

public sealed class ExactGaussianSamplerTests
{
    private static readonly NoiseKey Key = new(Seed: 20200303, Dataset: 0x0123456789ABCDEF, Image: 17, Stream: 1);

    [Fact]
    public void Integers_are_the_same_for_ever()
    {
        // Pinned: stored votes depend on these.
        var noise = Draw(new ExactGaussianSampler(0.5), Key, 5, 1, 10);
        noise.ShouldBe([201, -146, -2, 7, -109, 92, 14, -248, 158, -17]);
    }

    [Theory]
    [InlineData(0.12, 3)]
    [InlineData(0.25, 64)]
    [InlineData(0.5, 784)]
    [InlineData(1.0, 3072)]
    [InlineData(3.5, 65)]
    public void Vector_path_follows_the_documented_layout(double sigma, int dimension)
    {
        var sampler = new ExactGaussianSampler(sigma);
        const int Draws = 5;
        var noise = Draw(sampler, Key, (1L << 32) - 3, Draws, dimension);
        for (var draw = 0; draw < Draws; draw++)
        {
            var row = noise.AsSpan(draw * dimension, dimension).ToArray();
            row.ShouldBe(ByTheDocumentedLayout(sigma, Key, (1L << 32) - 3 + draw, dimension));
        }
    }

    [Theory]
    [InlineData(0.004)]
    [InlineData(0.12)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(7.0)]
    [InlineData(20.0)]
    public void The_paths_with_and_without_wide_registers_make_the_same_integers(double sigma)
    {
        // Each of the 32,768 prefixes of either sign occurs many times.
        const int Draws = 300;
        const int Dimension = 3000;
        var usual = Draw(new ExactGaussianSampler(sigma), Key, 7, Draws, Dimension);
        var narrow = Draw(new ExactGaussianSampler(sigma, wide: false), Key, 7, Draws, Dimension);
        usual.AsSpan().SequenceEqual(narrow).ShouldBeTrue();
    }

    [Fact]
    public void Splitting_draws_into_calls_changes_nothing()
    {
        var sampler = new ExactGaussianSampler(0.25);
        var gen =
            from dimension in Gen.Int[1, 300]
            from draws in Gen.Int[1, 40]
            from cut in Gen.Int[0, draws]
            from first in Gen.Long[0, 1L << 40]
            select (dimension, draws, cut, first);
        gen.Sample(
            t =>
            {
                var whole = Draw(sampler, Key, t.first, t.draws, t.dimension);
                var left = Draw(sampler, Key, t.first, t.cut, t.dimension);
                var right = Draw(sampler, Key, t.first + t.cut, t.draws - t.cut, t.dimension);
                return whole.AsSpan().SequenceEqual([.. left, .. right]);
            },
            iter: 200
        );
    }

    [Theory]
    [InlineData(0.12)]
    [InlineData(0.25)]
    [InlineData(1.0)]
    public void Chi_square_against_the_exact_cell_probabilities(double sigma)
    {
        const int Dimension = 3072;
        const int Draws = 1000;
        var noise = Draw(new ExactGaussianSampler(sigma), Key with { Image = 4 }, 0, Draws, Dimension);
        var half = (int)Math.Ceiling(3.5 * sigma * 255);
        var cells = new long[2 * half + 1];
        foreach (var value in noise)
        {
            cells[Math.Clamp(value + half, 0, 2 * half)]++;
        }

        double statistic = 0;
        for (var i = 0; i < cells.Length; i++)
        {
            // The outer cells hold the tails. Cdf differences from the independent double-precision function.
            var low = i == 0 ? double.NegativeInfinity : (2 * (i - half) - 1) / (510 * sigma);
            var high = i == 2 * half ? double.PositiveInfinity : (2 * (i - half) + 1) / (510 * sigma);
            var expected = (NormalDistribution.Cdf(high) - NormalDistribution.Cdf(low)) * noise.Length;
            statistic += (cells[i] - expected) * (cells[i] - expected) / expected;
        }

        ChiSquareZ(statistic, cells.Length - 1).ShouldBeInRange(-4, 4);
    }

    [Fact]
    public void Mean_variance_and_sign_are_those_of_the_rounded_gaussian()
    {
        const double Sigma = 0.5;
        var noise = Draw(new ExactGaussianSampler(Sigma), Key with { Image = 5 }, 0, 2000, 784);
        var n = (double)noise.Length;
        var mean = noise.Average(v => (double)v);
        var variance = noise.Sum(v => (double)v * v) / n;
        var sigma = Sigma * 255;
        (mean / (sigma / Math.Sqrt(n))).ShouldBeInRange(-4, 4);

        // Rounding to a grid of step 1 adds 1/12 (Sheppard), up to an error of e^(-2π²σ²).
        ((variance - sigma * sigma - 1.0 / 12) / (sigma * sigma * Math.Sqrt(2 / n))).ShouldBeInRange(-4, 4);
    }

    [Fact]
    public void Neighbouring_keys_draws_and_coordinates_are_uncorrelated()
    {
        var sampler = new ExactGaussianSampler(0.25);
        const int Dimension = 1024;
        const int Draws = 200;
        var self = Draw(sampler, Key, 0, Draws, Dimension);
        var n = self.Length;
        Correlation(self, Draw(sampler, Key with { Image = Key.Image + 1 }, 0, Draws, Dimension))
            .ShouldBeLessThan(4 / Math.Sqrt(n));
        Correlation(self, Draw(sampler, Key with { Stream = 0 }, 0, Draws, Dimension))
            .ShouldBeLessThan(4 / Math.Sqrt(n));
        Correlation(self, Draw(sampler, Key with { Seed = Key.Seed + 1 }, 0, Draws, Dimension))
            .ShouldBeLessThan(4 / Math.Sqrt(n));
        Correlation(self, Draw(sampler, Key with { Dataset = Key.Dataset ^ 1 }, 0, Draws, Dimension))
            .ShouldBeLessThan(4 / Math.Sqrt(n));
        Correlation(self, Draw(sampler, Key, 1, Draws, Dimension)).ShouldBeLessThan(4 / Math.Sqrt(n));
        Correlation(self[1..], self[..^1]).ShouldBeLessThan(4 / Math.Sqrt(n));
        Correlation(self[64..], self[..^64]).ShouldBeLessThan(4 / Math.Sqrt(n));
    }

    [Fact]
    public void The_floating_point_counter_example_cannot_occur()
    {
        // Voráček and Hein (2023): in floating point x ⊕ noise lies on a grid that depends on x, so a classifier that only tests
        // "is the noisy value reachable from x?" answers with probability 1 at x and fails beside it. Here the values that can be
        // reached from two inputs are the same set, the grid, each with probability above 0 for both.
        var sampler = new ExactGaussianSampler(0.25);
        foreach (var (x, other) in new[] { (0, 1), (0, 255), (100, 101), (37, 200) })
        {
            for (var value = -sampler.Clip; value <= 255 + sampler.Clip; value++)
            {
                var reachable = Reach(sampler, x, value);
                reachable.ShouldBe(Reach(sampler, other, value));
                reachable.ShouldBeTrue();
            }
        }

        // And what a float holds is the integer over 255, whichever input it came from.
        byte[] image = [0, 1, 100, 255];
        var noisy = new float[4 * 500];
        sampler.Sample(Key, 0, image, noisy);
        foreach (var value in noisy)
        {
            var integer = MathF.Round(value * 255);
            value.ShouldBe(integer / 255f);
        }
    }

    [Fact]
    public void Noisy_images_are_image_plus_noise_clipped()
    {
        var sampler = new ExactGaussianSampler(1.0);
        var image = Enumerable.Range(0, 101).Select(i => (byte)(i * 2)).ToArray();
        const int Draws = 700;
        var noise = Draw(sampler, Key, 9, Draws, image.Length);
        var noisy = new float[noise.Length];
        sampler.Sample(Key, 9, image, noisy);
        for (var i = 0; i < noisy.Length; i++)
        {
            noisy[i].ShouldBe(Math.Clamp(image[i % image.Length] + noise[i], -sampler.Clip, 255 + sampler.Clip) / 255f);
        }
    }

    [Fact]
    public void Every_integer_over_255_is_rounded_as_a_division_rounds_it()
    {
        // No sum of a pixel and noise leaves the 16 bits of the noise by more than a pixel.
        for (var first = -33_000; first < 33_000; first += 8)
        {
            var integers = Vector256.Create((float)first) + Vector256<float>.Indices;
            PixelGrid.Over255(integers).ShouldBe(integers / Vector256.Create(255f));
        }
    }

    [Theory]
    [InlineData(0.12)]
    [InlineData(1.0)]
    [InlineData(3.5)]
    public void Refinement_agrees_with_plain_search_about_every_threshold(double sigma)
    {
        var thresholds = new GaussianThresholds(sigma, (int)Math.Ceiling(6 * sigma * 255) + 255);
        for (var prefix = 0; prefix < thresholds.ByPrefix.Length; prefix += 7)
        {
            int found = thresholds.ByPrefix[prefix];
            foreach (var rest in new[] { 0UL, 1UL, 0x4000_0000_0000_0000UL, 0xA5A5_5A5A_0FF0_F00FUL, ulong.MaxValue })
            {
                var magnitude = thresholds.Refine(found, rest);
                magnitude.ShouldBe(thresholds.Find(new UInt128((ulong)prefix, rest)));
            }
        }
    }

    [Fact]
    public void Probabilities_sum_to_one_and_the_error_covers_the_rounding_of_thresholds()
    {
        var sampler = new ExactGaussianSampler(0.25);
        var sum = 0.0;
        var distance = 0.0;
        for (var value = -sampler.MaxMagnitude; value <= sampler.MaxMagnitude; value++)
        {
            sum += sampler.Probability(value);
            var exact =
                NormalDistribution.UpperTail((2 * Math.Abs(value) - 1) / (510 * 0.25))
                - NormalDistribution.UpperTail((2 * Math.Abs(value) + 1) / (510 * 0.25));
            distance += Math.Abs(sampler.Probability(value) - exact) / 2;
        }

        sum.ShouldBe(1, 1e-15);
        distance.ShouldBeLessThan(1e-14);
        sampler.ErrorPerCoordinate.ShouldBeInRange(1e-22, 1e-20);
    }

    [Fact]
    public void Lengths_and_draw_numbers_that_cannot_be_are_refused()
    {
        var sampler = new ExactGaussianSampler(0.25);
        Should.Throw<ArgumentException>(() => sampler.Fill(Key, 0, new short[7], 3));
        Should.Throw<ArgumentException>(() => sampler.Fill(Key, -1, new short[6], 3));
        Should.Throw<ArgumentException>(() => sampler.Fill(Key, 1L << 48, new short[6], 3));
        Should.Throw<ArgumentOutOfRangeException>(() => new ExactGaussianSampler(0));
    }

    private static bool Reach(ExactGaussianSampler sampler, int x, int value)
    {
        var noise = value - x;
        return value == -sampler.Clip || value == 255 + sampler.Clip
            ? sampler.MaxMagnitude >= Math.Abs(noise)
            : sampler.Probability(noise) > 0 || NormalDistribution.UpperTail(Math.Abs(noise) / (255 * 0.25)) < 1e-18;
    }

    private static short[] Draw(ExactGaussianSampler sampler, NoiseKey key, long first, int draws, int dimension)
    {
        var noise = new short[draws * dimension];
        sampler.Fill(key, first, noise, dimension);
        return noise;
    }

    // The layout of the documentation, one coordinate at a time, by plain search.
    private static short[] ByTheDocumentedLayout(double sigma, NoiseKey key, long draw, int dimension)
    {
        var (k0, k1, _, _) = Philox.Block((uint)key.Dataset, (uint)(key.Dataset >> 32), 0x72736D6F, 1, key.Seed);
        var philoxKey = k0 | ((ulong)k1 << 32);
        var thresholds = new GaussianThresholds(sigma, (int)Math.Ceiling(6 * sigma * 255) + 255);
        var noise = new short[dimension];
        for (var coordinate = 0; coordinate < dimension; coordinate++)
        {
            var (g, inGroup) = Math.DivRem(coordinate, 64);
            var (w, inWord) = Math.DivRem(inGroup, 16);
            var (j, h) = Math.DivRem(inWord, 2);
            var word3 = ((uint)key.Stream << 24) | (uint)(draw >> 32);
            var block = Philox.Block((uint)(8 * g + j), (uint)draw, key.Image, word3, philoxKey);
            uint[] words = [block.W0, block.W1, block.W2, block.W3];
            var prefix = (words[w] >> (16 * h)) & 0xFFFF;
            var refined = Philox.Block((uint)coordinate, (uint)draw, key.Image, word3 | (1u << 16), philoxKey);
            var uniform = new UInt128(prefix & 0x7FFF, ((ulong)refined.W0 << 32) | refined.W1);
            var magnitude = thresholds.Find(uniform);
            noise[coordinate] = (short)(prefix >= 0x8000 ? -magnitude : magnitude);
        }

        return noise;
    }

    private static double Correlation(short[] a, short[] b)
    {
        double cross = 0;
        double squareA = 0;
        double squareB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            cross += (double)a[i] * b[i];
            squareA += (double)a[i] * a[i];
            squareB += (double)b[i] * b[i];
        }

        return Math.Abs(cross / Math.Sqrt(squareA * squareB));
    }

    // Wilson and Hilferty: the cube root of a chi-square is nearly normal.
    private static double ChiSquareZ(double statistic, int degrees)
    {
        var variance = 2.0 / (9 * degrees);
        return (Math.Cbrt(statistic / degrees) - (1 - variance)) / Math.Sqrt(variance);
    }
}
