using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Noise that is uniform in the l2 ball of radius λ = σ√(d+2) (Yang et al. 2020). l2: R = 2λc, where c is the height above which the
/// unit ball holds ¾ − p/2 of its volume: two caps are what a shift by R loses. The same in l1, whose ball lies inside.
/// </summary>
public sealed class UniformBallNoise(double sigma) : NoiseDistribution("uniform-ball", sigma)
{
    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "uniform-ball",
            "uniform noise in an l2 ball; l2 (Yang et al. 2020)",
            NoiseFamily.StandardDeviation,
            sigma => new UniformBallNoise(sigma)
        );

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L2, Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => false;

    /// <inheritdoc />
    public override double Lambda(int dimension) => Sigma * Math.Sqrt(dimension + 2.0);

    /// <inheritdoc />
    public override string Formula(Norm norm) => "R = 2λc, P(u₁ > c) = ¾ − p/2 in the ball";

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape)
    {
        var lambda = Lambda(shape.Dimension);
        var dimension = shape.Dimension;
        return new SphereSampler((ref KeyedStream stream) => lambda * Math.Pow(stream.NextUniform(), 1.0 / dimension));
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension)
    {
        var cap = Math.Min(0.5, (0.25 + 0.5 * pA.Complement) * (1 + 1e-13));
        return Shave(2 * Lambda(dimension) * SymmetricBeta.UpperTailQuantile(cap, 0.5 * (dimension + 1)));
    }
}
