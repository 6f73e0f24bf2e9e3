using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>
/// A symmetric, unimodal law on the line: the noise of one coordinate, or the noise seen across a flat boundary. The
/// theory uses it through its cdf only.
/// </summary>
public abstract class SymmetricNoise
{
    private protected SymmetricNoise(string family, double scale)
    {
        if (!(scale > 0) || !double.IsFinite(scale))
        {
            throw new UserErrorException(
                $"The scale of {family} noise is {FormattableString.Invariant($"{scale}")}, but it must be positive and finite."
            );
        }

        Family = family;
        Scale = scale;
    }

    /// <summary>The name of the family, for example <c>gaussian</c>.</summary>
    public string Family { get; }

    /// <summary>The natural scale: σ, b, r or s.</summary>
    public double Scale { get; }

    /// <summary>The standard deviation.</summary>
    public abstract double StandardDeviation { get; }

    /// <summary>The median of |ε|, a scale that every law has: P(|ε| ≤ MAD) = ½.</summary>
    public double MedianAbsolute => Quantile(0.75);

    /// <summary>Beyond this distance the law has less than 1e-17 of its mass, or none.</summary>
    public abstract double Reach { get; }

    /// <summary>P(ε ≤ x).</summary>
    public double Cdf(double x) => x > 0 ? 1 - Tail(x) : Tail(-x);

    /// <summary>The density at x.</summary>
    public abstract double Density(double x);

    /// <summary>The x with P(ε ≤ x) = p.</summary>
    /// <param name="p">In (0, 1).</param>
    public double Quantile(double p) => p >= 0.5 ? UpperQuantile(1 - p) : -UpperQuantile(p);

    /// <summary>P(from ≤ ε ≤ to), without cancellation in the tails; infinite ends are allowed.</summary>
    public double Probability(double from, double to)
    {
        if (!(to > from))
        {
            return 0;
        }

        return from >= 0 ? Tail(from) - Tail(to)
            : to <= 0 ? Tail(-to) - Tail(-from)
            : 1 - Tail(to) - Tail(-from);
    }

    /// <summary>The same family at another scale.</summary>
    public abstract SymmetricNoise WithScale(double scale);

    /// <summary>P(ε &gt; x) for x ≥ 0; zero at infinity.</summary>
    protected abstract double Tail(double x);

    /// <summary>The x ≥ 0 with P(ε &gt; x) = tail ≤ ½.</summary>
    protected abstract double UpperQuantile(double tail);
}

/// <summary>Normal noise of standard deviation σ.</summary>
public sealed class GaussianLaw(double sigma) : SymmetricNoise("gaussian", sigma)
{
    public override double StandardDeviation => Scale;

    public override double Reach => 8.6 * Scale;

    public override double Density(double x) => NormalDistribution.Density(x / Scale) / Scale;

    public override SymmetricNoise WithScale(double scale) => new GaussianLaw(scale);

    protected override double Tail(double x) => NormalDistribution.UpperTail(x / Scale);

    protected override double UpperQuantile(double tail) => -Scale * NormalDistribution.Quantile(tail);
}

/// <summary>Laplace noise with density e^(−|x|/b)/(2b).</summary>
public sealed class LaplaceLaw(double b) : SymmetricNoise("laplace", b)
{
    public override double StandardDeviation => Scale * Math.Sqrt(2);

    public override double Reach => 39 * Scale;

    public override double Density(double x) => Math.Exp(-Math.Abs(x) / Scale) / (2 * Scale);

    public override SymmetricNoise WithScale(double scale) => new LaplaceLaw(scale);

    protected override double Tail(double x) => Math.Exp(-x / Scale) / 2;

    protected override double UpperQuantile(double tail) => -Scale * Math.Log(2 * tail);
}

/// <summary>Uniform noise on [−r, r]; in one dimension this is the ball model.</summary>
public sealed class UniformLaw(double r) : SymmetricNoise("uniform", r)
{
    public override double StandardDeviation => Scale / Math.Sqrt(3);

    public override double Reach => Scale;

    public override double Density(double x) => Math.Abs(x) <= Scale ? 1 / (2 * Scale) : 0;

    public override SymmetricNoise WithScale(double scale) => new UniformLaw(scale);

    protected override double Tail(double x) => x >= Scale ? 0 : (Scale - x) / (2 * Scale);

    protected override double UpperQuantile(double tail) => Scale * (1 - (2 * tail));
}

/// <summary>Logistic noise with cdf 1/(1 + e^(−x/s)).</summary>
public sealed class LogisticLaw(double s) : SymmetricNoise("logistic", s)
{
    public override double StandardDeviation => Scale * Math.PI / Math.Sqrt(3);

    public override double Reach => 40 * Scale;

    public override double Density(double x)
    {
        var e = Math.Exp(-Math.Abs(x) / Scale);
        return e / (Scale * (1 + e) * (1 + e));
    }

    public override SymmetricNoise WithScale(double scale) => new LogisticLaw(scale);

    protected override double Tail(double x)
    {
        var e = Math.Exp(-x / Scale);
        return e / (1 + e);
    }

    protected override double UpperQuantile(double tail) => Scale * Math.Log((1 - tail) / tail);
}

/// <summary>One coordinate of a point uniform in the ball of radius r in d dimensions: the ball model across a flat boundary.</summary>
public sealed class BallLaw(int dimension, double r) : SymmetricNoise("ball", r)
{
    public int Dimension { get; } =
        dimension >= 1
            ? dimension
            : throw new UserErrorException(
                FormattableString.Invariant($"The ball has dimension {dimension}, but at least 1 is needed.")
            );

    public override double StandardDeviation => Scale / Math.Sqrt(Dimension + 2);

    public override double Reach => Scale;

    public override double Density(double x)
    {
        var u = x / Scale;
        return Math.Abs(u) >= 1
            ? 0
            : Math.Exp(
                ((Dimension - 1) / 2.0 * Math.Log((1 - u) * (1 + u)))
                    - IncompleteBeta.LogBeta((Dimension + 1) / 2.0, 0.5)
            ) / Scale;
    }

    public override SymmetricNoise WithScale(double scale) => new BallLaw(Dimension, scale);

    /// <summary>The share of the ball in the cap beyond height x (Li 2011): ½ I_{1−(x/r)²}((d+1)/2, ½).</summary>
    protected override double Tail(double x)
    {
        var u = x / Scale;
        return u >= 1 ? 0 : 0.5 * IncompleteBeta.Regularized((Dimension + 1) / 2.0, 0.5, (1 - u) * (1 + u), u * u);
    }

    protected override double UpperQuantile(double tail) => Root.OfDecreasing(x => Tail(x) - tail, 0, Scale);
}
