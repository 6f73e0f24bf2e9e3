namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>The laws by name, so that front ends agree on them.</summary>
public static class NoiseLaws
{
    public static IReadOnlyList<string> Names { get; } = ["gaussian", "laplace", "uniform", "logistic", "ball"];

    /// <summary>The law of one coordinate at its natural scale (σ, b, r, s; for ball the radius).</summary>
    /// <param name="family">One of <see cref="Names"/>.</param>
    /// <param name="scale">Positive.</param>
    /// <param name="dimension">Used by ball only.</param>
    /// <exception cref="UserErrorException">The name is unknown, or a number out of range.</exception>
    public static SymmetricNoise OfScale(string family, double scale, int dimension = 1) =>
        family switch
        {
            "gaussian" => new GaussianLaw(scale),
            "laplace" => new LaplaceLaw(scale),
            "uniform" => new UniformLaw(scale),
            "logistic" => new LogisticLaw(scale),
            "ball" => new BallLaw(dimension, scale),
            _ => throw new UserErrorException(
                $"There is no noise named '{family}'. Known are {string.Join(", ", Names)}."
            ),
        };

    /// <summary>The law whose coordinates have the given standard deviation.</summary>
    /// <exception cref="UserErrorException">The name is unknown, or a number out of range.</exception>
    public static SymmetricNoise OfSigma(string family, double sigma, int dimension = 1) =>
        OfScale(family, sigma / OfScale(family, 1, dimension).StandardDeviation, dimension);
}
