using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Noise of density ∝ ‖x‖∞^(−j) e^(−(‖x‖∞/λ)^k) (Yang et al. 2020). l∞ (k = 1, j = 0): R = −λ ln(2(1 − p)). l1 (d ≥ 2):
/// R = 2λ d/(d−1) Γ((d−j)/k)/Γ((d−j−1)/k) (p − ½), exact up to p = 1 − 1/(2d) and an under-statement above, where less mass
/// moves per step than the formula allows.
/// </summary>
public sealed class ExpInfinityNoise : NoiseDistribution
{
    private readonly double _k;
    private readonly double _j;

    /// <param name="sigma">Standard deviation of each coordinate.</param>
    /// <param name="k">Exponent, above 0.</param>
    /// <param name="j">Power of the norm before the exponential, at least 0 and below d − 1.</param>
    public ExpInfinityNoise(double sigma, double k = 1, double j = 0)
        : base(k == 1 && j == 0 ? "exp-infinity" : FormattableString.Invariant($"exp-infinity-k{k}-j{j}"), sigma)
    {
        _k = k;
        _j = j;
        SupportedNorms = k == 1 && j == 0 ? [Norm.LInf, Norm.L1] : [Norm.L1];
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "exp-infinity",
            "exponential in the linf norm; linf and l1 (Yang et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new ExpInfinityNoise(sigma)
        )
        {
            Options =
            [
                new NoiseOption('k', 1, "exponent, above 0", k => k > 0),
                new NoiseOption('j', 0, "power of the norm, at least 0 and below the dimension less 1", j => j >= 0),
            ],
            CreateWith = (sigma, options) => new ExpInfinityNoise(sigma, options['k'], options['j']),
        };

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; }

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <summary>σ = λ √((d+2)/(3d) Γ((d+2−j)/k)/Γ((d−j)/k)).</summary>
    /// <inheritdoc />
    public override double Lambda(int dimension)
    {
        RequireDimension(dimension);
        var logSecondMoment = GammaFunction.LogRatio((dimension - _j) / _k, 2 / _k);
        return Sigma / Math.Sqrt((dimension + 2.0) / (3.0 * dimension)) * Math.Exp(-0.5 * logSecondMoment);
    }

    /// <inheritdoc />
    public override string Formula(Norm norm) =>
        norm == Norm.LInf ? "R = −λ ln(2(1 − p))" : "R = 2λ d/(d−1) Γ((d−j)/k)/Γ((d−j−1)/k) (p − ½)";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape)
    {
        var lambda = Lambda(shape.Dimension);
        var gamma = (shape.Dimension - _j) / _k;
        return new CubeSampler((ref KeyedStream stream) => lambda * Math.Pow(stream.NextGamma(gamma), 1 / _k));
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension)
    {
        var margin = 0.5 - pA.Complement;
        if (norm == Norm.LInf || (dimension == 1 && _k == 1 && _j == 0))
        {
            var log = margin < 0.25 ? SmallArguments.LogOnePlus(-2 * margin) : Math.Log(2 * pA.Complement);
            return Shave(-Lambda(dimension) * log);
        }

        RequireDimension(dimension);
        var growth = Math.Exp(GammaFunction.LogRatio((dimension - _j - 1) / _k, 1 / _k));
        return Shave(2 * Lambda(dimension) * dimension / (dimension - 1.0) * growth * margin);
    }

    private void RequireDimension(int dimension)
    {
        if (_j > 0 ? _j >= dimension - 1 : dimension < 2 && _k != 1)
        {
            throw new UserErrorException(
                $"Noise '{Family}' is no certificate for {dimension} coordinates: j must stay below d − 1. Use a smaller j or larger images."
            );
        }
    }
}
