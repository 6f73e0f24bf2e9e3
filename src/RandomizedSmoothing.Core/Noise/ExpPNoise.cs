using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Noise of density ∝ e^(−|x/λ|^p) on each coordinate, λ = σ√(Γ(1/p)/Γ(3/p)); p = 1 is Laplace, p = 2 Gaussian (Yang et al. 2020). l1:
/// p ≥ 1: R = λ g^(1/p), g the 2p_A − 1 quantile of Gamma(1/p); p &lt; 1: R = ∫ ds/(e^((s/λ)^p) − 1) over s above the point that
/// holds the mass 1 − p_A between it and 0.
/// </summary>
public sealed class ExpPNoise : NoiseDistribution
{
    private readonly double _p;

    /// <param name="sigma">Standard deviation of each coordinate.</param>
    /// <param name="p">Exponent, in [0.1, 20].</param>
    public ExpPNoise(double sigma, double p = 4)
        : base(p == 4 ? "exp-p" : FormattableString.Invariant($"exp-p-p{p}"), sigma)
    {
        _p = p;
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "exp-p",
            "exponential of a power on each coordinate; l1 (Yang et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new ExpPNoise(sigma)
        )
        {
            Options = [new NoiseOption('p', 4, "exponent, 0.1 to 20", p => p is >= 0.1 and <= 20)],
            CreateWith = (sigma, options) => new ExpPNoise(sigma, options['p']),
        };

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <inheritdoc />
    public override double Lambda(int dimension) => Sigma * Math.Exp(-0.5 * GammaFunction.LogRatio(1 / _p, 2 / _p));

    /// <inheritdoc />
    public override string Formula(Norm norm) =>
        _p >= 1
            ? "R = λ g^(1/p), P(Gamma(1/p) ≤ g) = 2p_A − 1"
            : "R = ∫ ds/(e^((s/λ)^p) − 1) over s > λ g^(1/p), P(Gamma(1/p) ≤ g) = 2(1 − p_A)";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape) => new Sampler(Lambda(shape.Dimension), _p);

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension)
    {
        var margin = 1 - 2 * pA.Complement;
        var tail = 2 * pA.Complement;
        var lambda = Lambda(dimension);
        if (_p >= 1)
        {
            return Shave(lambda * Math.Pow(RegularizedGamma.Quantile(1 / _p, margin, tail), 1 / _p));
        }

        if (tail == 0)
        {
            return double.PositiveInfinity;
        }

        // s = λ u^(1/p): ds/(e^u − 1) with u from g on; far out the integrand is below 10⁻³⁰⁰.
        var start = RegularizedGamma.Quantile(1 / _p, tail, margin);
        var power = 1 / _p;
        var integral = Quadrature.Integrate(
            (u, _) => power * Math.Pow(start + u, power - 1) / SmallArguments.ExpMinusOne(start + u),
            length: 60 + 4 * power
        );
        return Shave(lambda * integral);
    }

    private sealed class Sampler(double lambda, double p) : AdditiveSampler
    {
        protected override void Fill(ref KeyedStream stream, Span<double> noise)
        {
            for (var i = 0; i < noise.Length; i++)
            {
                var magnitude = lambda * Math.Pow(stream.NextGamma(1 / p), 1 / p);
                noise[i] = (stream.NextWord() & 1) == 0 ? magnitude : -magnitude;
            }
        }
    }
}
