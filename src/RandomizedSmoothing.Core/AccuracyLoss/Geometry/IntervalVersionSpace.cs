namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>
/// The intervals that fit some examples on the line, and the share of them that still fits after smoothing. Positive
/// examples span a core of width c; the nearest negative ones lie g₁ to its left and g₂ to its right. An interval that
/// reaches u ∈ [0, g₁] and v ∈ [0, g₂] beyond the core fits; its smoothed version loses s(w) at either end, w = c+u+v,
/// so it fits when it is not erased and u, v ≥ s(w).
/// </summary>
public sealed class IntervalVersionSpace
{
    /// <exception cref="UserErrorException">A length is negative, or a gap zero.</exception>
    public IntervalVersionSpace(double core, double leftGap, double rightGap, SymmetricNoise noise)
    {
        if (!(core >= 0) || !(leftGap > 0) || !(rightGap > 0) || !double.IsFinite(core + leftGap + rightGap))
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"A core of width {core} with gaps {leftGap} and {rightGap} is not possible: the core is at least 0 and both gaps are positive."
                )
            );
        }

        Core = core;
        LeftGap = leftGap;
        RightGap = rightGap;
        Noise = noise;
    }

    public double Core { get; }

    public double LeftGap { get; }

    public double RightGap { get; }

    public SymmetricNoise Noise { get; }

    /// <summary>
    /// The share of the fitting intervals, uniform in (u, v), that fits after smoothing. For the ball model with c = 0 and
    /// unit gaps it is 1 − r²/2 up to r = 1, (2−r)²/2 up to r = 2, then 0.
    /// </summary>
    public double FeasibleFraction
    {
        get
        {
            var shortest = Math.Max(Core, 2 * Noise.MedianAbsolute);
            var longest = Core + LeftGap + RightGap;
            var kinks = new[] { Core + LeftGap, Core + RightGap, Core + Math.Min(LeftGap, RightGap) };
            return Integral.Of(Allowed, shortest, longest, kinks, 1e-11 * LeftGap * RightGap) / (LeftGap * RightGap);
        }
    }

    /// <summary>The measure of u for which an interval of width w fits before and after.</summary>
    private double Allowed(double width)
    {
        var slab = new SlabRegion(width / 2, Noise);
        if (slab.SmoothedHalfWidth is not { } half)
        {
            return 0;
        }

        var loss = (width / 2) - half;
        var slack = width - Core;
        var least = Math.Max(loss, slack - RightGap);
        var most = Math.Min(LeftGap, slack - loss);
        return Math.Max(0, most - least);
    }
}
