namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>The cube [−a, a]^d under noise with independent coordinates: the l∞ ball.</summary>
public sealed class BoxRegion : ConvexRegion
{
    /// <exception cref="UserErrorException">The dimension is below 1, or the half-width is not positive.</exception>
    public BoxRegion(int dimension, double halfWidth, SymmetricNoise noise)
        : base(dimension)
    {
        if (dimension < 1 || !(halfWidth > 0) || noise is BallLaw { Dimension: > 1 })
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"A cube of dimension {dimension} and half-width {halfWidth} under {noise.Family} noise is not possible: it needs at least one dimension, a positive half-width and noise with independent coordinates."
                )
            );
        }

        HalfWidth = halfWidth;
        Noise = noise;
    }

    public double HalfWidth { get; }

    public SymmetricNoise Noise { get; }

    /// <summary>The half-width of S(C) along an axis through the centre, or null when nothing is left.</summary>
    public double? SmoothedHalfWidth
    {
        get
        {
            var across = Math.Pow(Noise.Probability(-HalfWidth, HalfWidth), Dimension - 1);
            double Excess(double x) => (Noise.Probability(-HalfWidth - x, HalfWidth - x) * across) - 0.5;
            return Excess(0) < 0 ? null : Root.OfDecreasing(Excess, 0, HalfWidth);
        }
    }

    /// <summary>The scale of the same family from which on the cube is erased: P(|ε| ≤ a)^d = ½.</summary>
    public double VanishingScale =>
        HalfWidth / Noise.WithScale(1).Quantile((1 + Math.Exp(-Math.Log(2) / Dimension)) / 2);

    /// <summary>The standard deviation of the same family from which on the cube is erased.</summary>
    public double VanishingSigma => Noise.WithScale(VanishingScale).StandardDeviation;

    public override bool Contains(ReadOnlySpan<double> point)
    {
        foreach (var x in point)
        {
            if (Math.Abs(x) > HalfWidth)
            {
                return false;
            }
        }

        return true;
    }

    public override double Vote(ReadOnlySpan<double> point)
    {
        var vote = 1.0;
        foreach (var x in point)
        {
            vote *= Noise.Probability(-HalfWidth - x, HalfWidth - x);
        }

        return vote;
    }
}
