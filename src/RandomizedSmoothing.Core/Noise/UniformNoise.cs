using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Uniform noise on [−λ, λ] for each coordinate, λ = √3 σ. l1: R = 2λ(p − ½); l∞: R = 2λ(1 − (3/2 − p)^(1/d)).
/// Source: Yang et al. 2020, "Randomized smoothing of all shapes and sizes".
/// </summary>
public sealed class UniformNoise(double sigma) : NoiseDistribution("uniform", sigma)
{
    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "uniform",
            "uniform noise on a cube; l1 and linf (Yang et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new UniformNoise(sigma)
        );

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1, Norm.LInf];

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <inheritdoc />
    public override double Lambda(int dimension) => Math.Sqrt(3) * Sigma;

    /// <inheritdoc />
    public override string Formula(Norm norm) =>
        norm == Norm.L1 ? "R = 2λ(p − ½), λ = √3 σ" : "R = 2λ(1 − (3/2 − p)^(1/d)), λ = √3 σ";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape)
    {
        var lambda = Lambda(shape.Dimension);
        return new IndependentSampler(u => lambda * (2 * u - 1));
    }

    /// <summary>l1: R = λ(p_A − p_B), since a shift of R moves at most R/(2λ) of the mass. l∞: the top class alone.</summary>
    /// <inheritdoc cref="NoiseDistribution.TwoClassRadius"/>
    public override double TwoClassRadius(ProbabilityBound pA, ProbabilityBound pB, Norm norm, int dimension)
    {
        Require(norm, dimension);
        if (norm != Norm.L1)
        {
            return Radius(pA, norm, dimension);
        }

        var gap = pA.Value - pB.Value;
        return gap >= 0 ? Shave(Lambda(dimension) * gap) : double.NaN;
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension)
    {
        var margin = 0.5 - pA.Complement;
        var lambda = Lambda(dimension);
        return norm == Norm.L1
            ? Shave(2 * lambda * margin)
            : Shave(-2 * lambda * SmallArguments.ExpMinusOne(SmallArguments.LogOnePlus(-margin) / dimension));
    }
}
