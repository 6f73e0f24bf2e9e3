using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Two-sided Pareto (Lomax) noise on each coordinate, density ∝ (1 + |x|/λ)^(−a−1), λ = σ√((a−1)(a−2)/2). l1:
/// R = (λ/a)·∫₀^(2p−1) dy/(1 − y^(1+1/a)), which is λ(2p−1)/a·₂F₁(1, a/(a+1); a/(a+1)+1; (2p−1)^(1+1/a)) (Yang et al. 2020).
/// </summary>
public sealed class ParetoNoise : NoiseDistribution
{
    private readonly double _a;

    /// <param name="sigma">Standard deviation of each coordinate.</param>
    /// <param name="a">Tail exponent, above 2.</param>
    public ParetoNoise(double sigma, double a = 3)
        : base(a == 3 ? "pareto" : FormattableString.Invariant($"pareto-a{a}"), sigma)
    {
        _a = a;
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "pareto",
            "two-sided Pareto noise on each coordinate; l1 (Yang et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new ParetoNoise(sigma)
        )
        {
            Options = [new NoiseOption('a', 3, "tail exponent, above 2", a => a > 2)],
            CreateWith = (sigma, options) => new ParetoNoise(sigma, options['a']),
        };

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <inheritdoc />
    public override double Lambda(int dimension) => Sigma * Math.Sqrt(0.5 * (_a - 1) * (_a - 2));

    /// <inheritdoc />
    public override string Formula(Norm norm) =>
        "R = (λ/a)·∫ dy/(1 − y^(1+1/a)) over 0 < y < 2p − 1, λ = σ√((a−1)(a−2)/2)";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape)
    {
        var lambda = Lambda(shape.Dimension);
        return new IndependentSampler(u =>
        {
            var tail = u < 0.5 ? 2 * u : 2 * (1 - u);
            var magnitude = lambda * SmallArguments.ExpMinusOne(-Math.Log(tail) / _a);
            return u < 0.5 ? -magnitude : magnitude;
        });
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension)
    {
        if (pA.Complement == 0)
        {
            return double.PositiveInfinity;
        }

        // 1/(c(1−y)) carries the pole at 1; what is left of the integrand is finite.
        var c = 1 + 1 / _a;
        var margin = 1 - 2 * pA.Complement;
        var pole = -(margin < 0.5 ? SmallArguments.LogOnePlus(-margin) : Math.Log(2 * pA.Complement)) / c;
        var rest = Quadrature.Integrate((y, fromEnd) => Rest(c, y, 2 * pA.Complement + fromEnd), margin);
        return Shave(Lambda(dimension) / _a * (pole + rest));
    }

    // 1/(1 − y^c) − 1/(c(1 − y)), z = 1 − y.
    private static double Rest(double c, double y, double z)
    {
        if (z < 1e-4)
        {
            // y^c = 1 − cz + c(c−1)z²/2 − c(c−1)(c−2)z³/6 + …
            return (c - 1) / (2 * c) + z * (c - 1) * (c + 1) / (12 * c);
        }

        var power = z < 0.5 ? SmallArguments.LogOnePlus(-z) : Math.Log(y);
        return -1 / SmallArguments.ExpMinusOne(c * power) - 1 / (c * z);
    }
}
