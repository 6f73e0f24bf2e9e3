using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>Which rotationally symmetric noise meets a ball.</summary>
public enum RadialNoise
{
    /// <summary>Normal noise of standard deviation σ in every coordinate.</summary>
    Gaussian,

    /// <summary>Uniform in the ball of radius r: the ball model.</summary>
    Ball,
}

/// <summary>The ball {x : ‖x‖ ≤ R} in d dimensions under rotationally symmetric noise.</summary>
public sealed class BallRegion : ConvexRegion
{
    /// <param name="dimension">At least 1.</param>
    /// <param name="radius">R, positive.</param>
    /// <param name="noise">The kind of noise.</param>
    /// <param name="scale">σ of Gaussian noise, the radius r of ball noise; positive.</param>
    /// <exception cref="UserErrorException">A number is out of range.</exception>
    public BallRegion(int dimension, double radius, RadialNoise noise, double scale)
        : base(dimension)
    {
        if (dimension < 1 || !(radius > 0) || !(scale > 0) || !double.IsFinite(radius) || !double.IsFinite(scale))
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"A ball of dimension {dimension} and radius {radius} under noise of scale {scale} is not possible: the dimension is at least 1, and both lengths are positive and finite."
                )
            );
        }

        Radius = radius;
        Noise = noise;
        Scale = scale;
    }

    public double Radius { get; }

    public RadialNoise Noise { get; }

    public double Scale { get; }

    /// <summary>
    /// The scale at which the last point goes: R/√(median of χ²_d) for Gaussian noise, R·2^(1/d) for ball noise.
    /// </summary>
    public double VanishingScale =>
        Noise == RadialNoise.Gaussian
            ? Radius / Math.Sqrt(GammaFunctions.ChiSquareMedian(Dimension))
            : Radius * Math.Exp(Math.Log(2) / Dimension);

    /// <summary>The same as a standard deviation per coordinate.</summary>
    public double VanishingSigma =>
        Noise == RadialNoise.Gaussian ? VanishingScale : VanishingScale / Math.Sqrt(Dimension + 2.0);

    /// <summary>The radius of S(C), a ball again, or null when nothing is left.</summary>
    public double? SmoothedRadius => VoteAt(0) < 0.5 ? null : Root.OfDecreasing(t => VoteAt(t) - 0.5, 0, Radius);

    /// <summary>The share of the volume that is lost.</summary>
    public double OwnLoss =>
        SmoothedRadius is { } left and > 0
            ? -SmallArguments.ExpMinusOne(Dimension * SmallArguments.LogOnePlus((left - Radius) / Radius))
            : 1;

    public override bool Contains(ReadOnlySpan<double> point) => Length(point) <= Radius;

    public override double Vote(ReadOnlySpan<double> point) => VoteAt(Length(point));

    /// <summary>The vote at distance t from the centre.</summary>
    public double VoteAt(double t)
    {
        if (Noise == RadialNoise.Gaussian)
        {
            var (x, c) = (t / Scale, Radius / Scale);
            return NoncentralChiSquare.Cdf(Dimension, x * x, c * c);
        }

        return BallIntersection(t);
    }

    private static double Length(ReadOnlySpan<double> point)
    {
        var sum = 0.0;
        foreach (var x in point)
        {
            sum += x * x;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>The share of the noise ball that lies in the region: two caps on either side of the common hyperplane.</summary>
    private double BallIntersection(double t)
    {
        var (big, small) = (Radius, Scale);
        if (t >= big + small)
        {
            return 0;
        }

        if (t <= big - small)
        {
            return 1;
        }

        var logRatio = Dimension * Math.Log(big / small);
        if (t <= small - big)
        {
            return Math.Exp(logRatio);
        }

        var offset = (big - small) / t * (big + small);
        var fromNoise = (t - offset) / 2;
        var fromRegion = (t + offset) / 2;
        return Cap(fromNoise / small, 0) + Cap(fromRegion / big, logRatio);
    }

    /// <summary>The cap of a unit ball beyond height u, in units of its volume times e^(−logScale).</summary>
    private double Cap(double u, double logScale)
    {
        if (u >= 1)
        {
            return 0;
        }

        // In high dimensions the volume ratio overflows where the cap underflows: multiply them as logarithms.
        var half =
            u <= -1
                ? 0
                : Math.Exp(
                    logScale + IncompleteBeta.LogRegularized((Dimension + 1) / 2.0, 0.5, (1 - u) * (1 + u), u * u)
                ) / 2;
        return u >= 0 ? half : Math.Exp(logScale) - half;
    }
}
