using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Noise of density ∝ (1 + ‖x‖∞/λ)^(−a), a = d + b (Yang et al. 2020). l1: R = 2λ d/(a−d) (p − ½), exact up to p = 1 − 1/(2d) and
/// an under-statement above.
/// </summary>
public sealed class PowerInfinityNoise : NoiseDistribution
{
    private readonly double _b;

    /// <param name="sigma">Standard deviation of each coordinate.</param>
    /// <param name="b">Excess of the power over the dimension, above 2.</param>
    public PowerInfinityNoise(double sigma, double b = 100)
        : base(b == 100 ? "power-infinity" : FormattableString.Invariant($"power-infinity-b{b}"), sigma)
    {
        _b = b;
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "power-infinity",
            "power law in the linf norm; l1 (Yang et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new PowerInfinityNoise(sigma)
        )
        {
            Options = [new NoiseOption('b', 100, "power less dimension, above 2", b => b > 2)],
            CreateWith = (sigma, options) => new PowerInfinityNoise(sigma, options['b']),
        };

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <summary>σ = λ √(((d−1)/3 + 1)(d+1)/((a−d−1)(a−d−2))).</summary>
    /// <inheritdoc />
    public override double Lambda(int dimension) =>
        Sigma / Math.Sqrt(((dimension - 1) / 3.0 + 1) * (dimension + 1.0) / ((_b - 1) * (_b - 2)));

    /// <inheritdoc />
    public override string Formula(Norm norm) => "R = 2λ d/(a−d) (p − ½)";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape)
    {
        // ‖x‖∞/λ is a ratio of gammas: Beta prime (d, a − d).
        var lambda = Lambda(shape.Dimension);
        var dimension = shape.Dimension;
        return new CubeSampler(
            (ref KeyedStream stream) =>
            {
                var numerator = stream.NextGamma(dimension);
                return lambda * numerator / stream.NextGamma(_b);
            }
        );
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension) =>
        Shave(2 * Lambda(dimension) * dimension / _b * (0.5 - pA.Complement));
}
