using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// N(0, σ²) on each coordinate: R = σ Φ⁻¹(p_A) in l2 (Cohen, Rosenfeld, Kolter 2019, Theorem 1); the same in l1, whose ball lies
/// inside; R/√d in l∞.
/// </summary>
public sealed class GaussianNoise(double sigma) : NoiseDistribution("gaussian", sigma)
{
    private readonly Lazy<ExactGaussianSampler> _sampler = new(() => new ExactGaussianSampler(sigma));

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "gaussian",
            "normal noise on each coordinate; l2 (Cohen et al. 2019)",
            "standard deviation of each coordinate, in [0,1] pixel units",
            Create
        );

    /// <inheritdoc />
    public override double Lambda(int dimension) => Sigma;

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L2, Norm.L1, Norm.LInf];

    /// <inheritdoc />
    public override bool IsExact => true;

    /// <inheritdoc />
    public override double SamplingError(int dimension) => dimension * ExactGaussianSampler.ErrorOf(Sigma);

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape) => _sampler.Value;

    /// <summary>R = σ/2 (Φ⁻¹(p_A) − Φ⁻¹(p_B)): it can certify where p_A is below ½.</summary>
    /// <inheritdoc cref="NoiseDistribution.TwoClassRadius"/>
    public override double TwoClassRadius(ProbabilityBound pA, ProbabilityBound pB, Norm norm, int dimension)
    {
        Require(norm, dimension);

        // −Φ⁻¹(p_B) = Φ⁻¹(1 − p_B): the complement of an upper bound is a lower bound.
        var other = new ProbabilityBound(pB.Complement, pB.Value);
        var sum = Math.BitDecrement(NormalDistribution.QuantileDown(pA) + NormalDistribution.QuantileDown(other));
        return sum >= 0 ? ToNorm(DirectedRounding.MultiplyDown(0.5 * Sigma, sum), norm, dimension) : double.NaN;
    }

    /// <inheritdoc />
    public override string Formula(Norm norm) => norm == Norm.LInf ? "R = σ Φ⁻¹(p)/√d" : "R = σ Φ⁻¹(p)";

    /// <inheritdoc />
    public override IReadOnlyList<ExplanationStep> ExplainRadius(ProbabilityBound pA, Norm norm, int dimension) =>
        [
            ExplanationStep.Number(
                "quantile",
                "z = Φ⁻¹(p), from 1 − p, rounded down",
                NormalDistribution.QuantileDown(pA)
            ),
            ExplanationStep.Number("radius", Formula(norm), Radius(pA, norm, dimension)),
        ];

    /// <inheritdoc />
    public override IReadOnlyList<ExplanationStep> ExplainTwoClassRadius(
        ProbabilityBound pA,
        ProbabilityBound pB,
        Norm norm,
        int dimension
    ) =>
        [
            ExplanationStep.Number("quantile of p", "Φ⁻¹(p), rounded down", NormalDistribution.QuantileDown(pA)),
            ExplanationStep.Number(
                "quantile of q",
                "Φ⁻¹(q), rounded up",
                -NormalDistribution.QuantileDown(new ProbabilityBound(pB.Complement, pB.Value))
            ),
            ExplanationStep.Number(
                "radius",
                "R = σ/2 (Φ⁻¹(p) − Φ⁻¹(q))" + (norm == Norm.LInf ? "/√d" : ""),
                TwoClassRadius(pA, pB, norm, dimension)
            ),
        ];

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension) =>
        ToNorm(DirectedRounding.MultiplyDown(Sigma, NormalDistribution.QuantileDown(pA)), norm, dimension);

    /// <inheritdoc />
    protected override double RequiredAboveHalf(double radius, Norm norm, int dimension)
    {
        var l2 = norm == Norm.LInf ? DirectedRounding.MultiplyUp(radius, DirectedRounding.SqrtUp(dimension)) : radius;
        return NormalDistribution.CdfUp(DirectedRounding.DivideUp(l2, Sigma));
    }

    private static double ToNorm(double l2, Norm norm, int dimension) =>
        norm == Norm.LInf && double.IsFinite(l2)
            ? DirectedRounding.DivideDown(l2, DirectedRounding.SqrtUp(dimension))
            : l2;

    private static GaussianNoise Create(double sigma) =>
        sigma is > 0 and <= 20
            ? new GaussianNoise(sigma)
            : throw new UserErrorException(
                FormattableString.Invariant(
                    $"Gaussian noise of sigma {sigma} cannot be drawn: sigma is a standard deviation in [0,1] pixel units, above 0 and at most 20. Use a value such as 0.25."
                )
            );
}
