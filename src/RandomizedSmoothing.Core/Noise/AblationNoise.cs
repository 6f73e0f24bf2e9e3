using System.Buffers;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Ablation for l0 (Levine, Feizi 2020, "Robustness certificates for sparse adversarial attacks by randomized ablation"): k of d
/// coordinates are kept, a uniformly random subset, and all others become mid-grey. r changed coordinates are noticed with
/// probability Δ(r) = 1 − C(d−r, k)/C(d, k), so R is the largest r with p − Δ(r) &gt; ½.
/// </summary>
public sealed class AblationNoise : NoiseDistribution
{
    /// <summary>What an ablated coordinate becomes.</summary>
    public const float Ablated = 0.5f;

    /// <param name="sigma">Share of coordinates that are ablated, in (0, 1).</param>
    /// <exception cref="UserErrorException">The level is outside its range.</exception>
    public AblationNoise(double sigma)
        : base("ablation-l0", sigma)
    {
        if (sigma >= 1)
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"Noise 'ablation-l0' of sigma {sigma} cannot be: sigma is the share of coordinates that are ablated, above 0 and below 1. Use a value such as 0.95."
                )
            );
        }
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "ablation-l0",
            "a random subset of coordinates is kept; l0 (Levine, Feizi 2020)",
            "share of coordinates that are ablated, in (0, 1)",
            sigma => new AblationNoise(sigma)
        );

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L0];

    /// <inheritdoc />
    public override bool IsExact => true;

    /// <summary>The number of coordinates kept of <paramref name="dimension"/>: (1 − sigma)·d rounded, at least 1.</summary>
    public int Kept(int dimension) => Math.Clamp((int)Math.Round((1 - Sigma) * dimension), 1, dimension);

    /// <inheritdoc />
    public override double Lambda(int dimension) => Kept(dimension);

    /// <inheritdoc />
    public override string Formula(Norm norm) => "R = largest r with p − Δ(r) > ½, Δ(r) = 1 − C(d−r, k)/C(d, k)";

    /// <summary>1 − Δ(r) = C(d−r, k)/C(d, k): the probability that no changed coordinate is kept.</summary>
    /// <param name="dimension">d.</param>
    /// <param name="kept">k.</param>
    /// <param name="changed">r.</param>
    /// <returns>With a relative error of r ulp.</returns>
    public static double Unnoticed(int dimension, int kept, int changed)
    {
        var ratio = 1.0;
        for (var i = 0; i < changed; i++)
        {
            ratio *= Math.Max(0, dimension - kept - i) / (double)(dimension - i);
        }

        return ratio;
    }

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape) => new Sampler(Kept(shape.Dimension));

    /// <summary>The radius of p_A for d coordinates of which k are kept.</summary>
    internal static int LargestRadius(double complement, int dimension, int kept)
    {
        // p − Δ(r) > ½ is C(d−r, k)/C(d, k) > ½ + (1 − p).
        var needed = Math.BitIncrement(0.5 + complement);
        var ratio = 1.0;
        for (var r = 0; r < dimension; r++)
        {
            ratio *= Math.Max(0, dimension - kept - r) / (double)(dimension - r);
            if (ratio * (1 - (r + 1) * 4e-16) <= needed)
            {
                return r;
            }
        }

        return dimension;
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension) =>
        LargestRadius(pA.Complement, dimension, Kept(dimension));

    private sealed class Sampler(int kept) : NoiseSampler
    {
        public override bool IsExact => true;

        public override void Sample(NoiseKey key, long firstDraw, ReadOnlySpan<byte> image, Span<float> noisy)
        {
            var draws = CountDraws(firstDraw, image.Length, noisy.Length);
            var words = ArrayPool<uint>.Shared.Rent(KeyedStream.BufferLength);
            var order = ArrayPool<int>.Shared.Rent(image.Length);
            for (var row = 0; row < draws; row++)
            {
                var stream = new KeyedStream(key, firstDraw + row, words.AsSpan(0, KeyedStream.BufferLength));
                var target = noisy.Slice(row * image.Length, image.Length);
                target.Fill(Ablated);
                for (var i = 0; i < image.Length; i++)
                {
                    order[i] = i;
                }

                // The first k steps of a shuffle (Fisher, Yates): every subset of k is equally likely.
                for (var i = 0; i < kept; i++)
                {
                    var j = i + (int)stream.NextBelow((uint)(image.Length - i));
                    (order[i], order[j]) = (order[j], order[i]);
                    target[order[i]] = image[order[i]] / 255f;
                }
            }

            ArrayPool<int>.Shared.Return(order);
            ArrayPool<uint>.Shared.Return(words);
        }
    }
}
