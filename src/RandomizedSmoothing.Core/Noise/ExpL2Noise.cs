using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Noise of density ∝ e^(−(‖x‖₂/λ)^k), k = 1 or 2 (Yang et al. 2020). l2: k = 1, d ≥ 2: R = λ(d−1) artanh c, where c is the cap of
/// the sphere that holds 1 − p; k = 2: the Gaussian, R = λ/√2 Φ⁻¹(p). The same in l1, whose ball lies inside.
/// </summary>
public sealed class ExpL2Noise : NoiseDistribution
{
    private readonly bool _isGaussian;

    /// <param name="sigma">Standard deviation of each coordinate.</param>
    /// <param name="k">Exponent, 1 or 2.</param>
    public ExpL2Noise(double sigma, double k = 1)
        : base(k == 1 ? "exp-l2" : "exp-l2-k2", sigma)
    {
        _isGaussian = k == 2;
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "exp-l2",
            "exponential in the l2 norm; l2 (Yang et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new ExpL2Noise(sigma)
        )
        {
            Options = [new NoiseOption('k', 1, "exponent, 1 or 2", k => k is 1 or 2)],
            CreateWith = (sigma, options) => new ExpL2Noise(sigma, options['k']),
        };

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L2, Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <inheritdoc />
    public override double Lambda(int dimension) =>
        _isGaussian ? Sigma * Math.Sqrt(2) : Sigma / Math.Sqrt(dimension + 1.0);

    /// <inheritdoc />
    public override string Formula(Norm norm) =>
        _isGaussian ? "R = λ/√2 Φ⁻¹(p)" : "R = λ(d−1) artanh c, P(u₁ > c) = 1 − p on the sphere";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape)
    {
        var lambda = Lambda(shape.Dimension);
        var dimension = shape.Dimension;
        return _isGaussian
            ? new SphereSampler((ref KeyedStream stream) => lambda * Math.Sqrt(stream.NextGamma(0.5 * dimension)))
            : new SphereSampler((ref KeyedStream stream) => lambda * stream.NextGamma(dimension));
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension)
    {
        if (_isGaussian)
        {
            return Shave(Sigma * NormalDistribution.QuantileDown(pA));
        }

        // In one dimension the noise is Laplace.
        var lambda = Lambda(dimension);
        if (dimension == 1)
        {
            return Shave(-lambda * Math.Log(2 * pA.Complement));
        }

        var cap = SymmetricBeta.UpperTailArtanh(Math.Min(0.5, pA.Complement * (1 + 4e-13)), 0.5 * (dimension - 1));
        return Shave(lambda * (dimension - 1) * cap);
    }
}
