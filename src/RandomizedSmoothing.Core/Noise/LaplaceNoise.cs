using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Laplace noise with scale λ = σ/√2 on each coordinate. l1: R = −λ ln(2(1 − p)) (Teng, Lee, Yuan 2020; Yang et al. 2020).
/// The l∞ radius λ Φ⁻¹(p)/√d in use elsewhere is asymptotic, no certificate, and not offered.
/// </summary>
public sealed class LaplaceNoise(double sigma) : NoiseDistribution("laplace", sigma)
{
    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "laplace",
            "Laplace noise on each coordinate; l1 (Teng et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new LaplaceNoise(sigma)
        );

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <inheritdoc />
    public override double Lambda(int dimension) => Sigma / Math.Sqrt(2);

    /// <inheritdoc />
    public override string Formula(Norm norm) => "R = −λ ln(2(1 − p)), λ = σ/√2";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape)
    {
        var lambda = Lambda(shape.Dimension);
        return new IndependentSampler(u => u < 0.5 ? lambda * Math.Log(2 * u) : -lambda * Math.Log(2 * (1 - u)));
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension)
    {
        // ln 2q from the nearer of 0 and 1, for p near ½ and for p near 1.
        var margin = 0.5 - pA.Complement;
        var log = margin < 0.25 ? SmallArguments.LogOnePlus(-2 * margin) : Math.Log(2 * pA.Complement);
        return Shave(-Lambda(dimension) * log);
    }
}
