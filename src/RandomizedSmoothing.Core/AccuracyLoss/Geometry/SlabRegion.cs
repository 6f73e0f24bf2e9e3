namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>
/// The interval [−a, a], or the slab {x : |⟨w, x⟩| ≤ a} with the noise seen along the unit vector w (the same law in every
/// direction for Gaussian and ball noise, the law of a coordinate for an axis).
/// </summary>
public sealed class SlabRegion : ConvexRegion
{
    /// <exception cref="UserErrorException">The half-width is not positive and finite.</exception>
    public SlabRegion(double halfWidth, SymmetricNoise noise)
        : base(1)
    {
        if (!(halfWidth > 0) || !double.IsFinite(halfWidth))
        {
            throw new UserErrorException(
                $"The half-width is {FormattableString.Invariant($"{halfWidth}")}, but it must be positive and finite."
            );
        }

        HalfWidth = halfWidth;
        Noise = noise;
    }

    public double HalfWidth { get; }

    public SymmetricNoise Noise { get; }

    /// <summary>The slab is erased exactly when its half-width is below the median absolute noise.</summary>
    public bool Vanishes => HalfWidth < Noise.MedianAbsolute;

    /// <summary>The half-width m of S(C) with F(a−m) + F(a+m) = 3/2, or null when nothing is left.</summary>
    public double? SmoothedHalfWidth => Vanishes ? null : Root.OfDecreasing(m => Retained(m) - 0.5, 0, HalfWidth);

    /// <summary>The share of the width that is lost, 1 when all is.</summary>
    public double OwnLoss => 1 - ((SmoothedHalfWidth ?? 0) / HalfWidth);

    /// <summary>The scale of the same family from which on the slab is erased.</summary>
    public double VanishingScale => HalfWidth / Noise.WithScale(1).MedianAbsolute;

    /// <summary>The standard deviation of the same family from which on the slab is erased.</summary>
    public double VanishingSigma => Noise.WithScale(VanishingScale).StandardDeviation;

    public override bool Contains(ReadOnlySpan<double> point) => Math.Abs(point[0]) <= HalfWidth;

    public override double Vote(ReadOnlySpan<double> point) => Retained(point[0]);

    private double Retained(double x)
    {
        // Mathematically at most ½ on the boundary; a rounding error must not decide it.
        var vote = Noise.Probability(-HalfWidth - x, HalfWidth - x);
        return Math.Abs(vote - 0.5) < 1e-15 ? 0.5 : vote;
    }
}
