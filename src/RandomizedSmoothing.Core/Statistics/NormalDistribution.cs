namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// The standard normal distribution. Everything is evaluated in double-double arithmetic (relative error below
/// <see cref="RelativeError"/>) and rounded once, so the plain functions are within 0.51 ulp and have the same bits on every
/// machine; the directed ones, which certificates use, never err to the unsafe side and are within 1 ulp.
/// </summary>
public static class NormalDistribution
{
    /// <summary>Bound on the relative error before rounding, for tails down to 10⁻³⁰⁰.</summary>
    internal const double RelativeError = 1e-24;

    /// <summary>Φ(x) = P(Z ≤ x).</summary>
    public static double Cdf(double x) => UpperTail(-x);

    /// <summary>1 − Φ(x) = P(Z &gt; x), without cancellation: accurate in the relative sense for large x.</summary>
    public static double UpperTail(double x)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        return x switch
        {
            > 38.6 => 0,
            < -38.6 => 1,
            _ => UpperTailExact(x).High,
        };
    }

    /// <summary>Φ(x) rounded toward 0.</summary>
    public static double CdfDown(double x) => UpperTailDown(-x);

    /// <summary>Φ(x) rounded toward 1.</summary>
    public static double CdfUp(double x) => UpperTailUp(-x);

    /// <summary>1 − Φ(x) rounded toward 0.</summary>
    public static double UpperTailDown(double x) =>
        x switch
        {
            > 38 => 0,
            < -38 => Math.BitDecrement(1.0),
            _ => Math.Clamp(UpperTailExact(x).RoundDown(RelativeError), 0, 1),
        };

    /// <summary>1 − Φ(x) rounded toward 1.</summary>
    public static double UpperTailUp(double x) =>
        x switch
        {
            > 38 => 1e-300,
            < -38 => 1,
            _ => Math.Clamp(UpperTailExact(x).RoundUp(RelativeError), 0, 1),
        };

    /// <summary>The density φ(x) = e^(−x²/2)/√(2π).</summary>
    public static double Density(double x) => Math.Abs(x) > 38.6 ? 0 : DensityExact(x).High;

    /// <summary>Φ⁻¹(p); −∞ at 0 and +∞ at 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is NaN or outside [0, 1].</exception>
    public static double Quantile(double p)
    {
        RequireProbability(p);
        return p switch
        {
            0 => double.NegativeInfinity,
            1 => double.PositiveInfinity,
            0.5 => 0,
            _ => QuantileExact(p).High,
        };
    }

    /// <summary>Φ⁻¹(1 − q) = −Φ⁻¹(q), exact where 1 − q would have lost the digits of q.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is NaN or outside [0, 1].</exception>
    public static double QuantileFromComplement(double q) => q == 0.5 ? 0 : -Quantile(q);

    /// <summary>Φ⁻¹(p) rounded toward −∞: what a certificate may claim.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is NaN or outside [0, 1].</exception>
    public static double QuantileDown(double p)
    {
        RequireProbability(p);
        return p switch
        {
            0 => double.NegativeInfinity,
            1 => double.PositiveInfinity,
            0.5 => 0,
            _ => QuantileExact(p).RoundDown(RelativeError),
        };
    }

    /// <summary>Φ⁻¹(p) rounded toward +∞.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is NaN or outside [0, 1].</exception>
    public static double QuantileUp(double p)
    {
        RequireProbability(p);
        return p switch
        {
            0 => double.NegativeInfinity,
            1 => double.PositiveInfinity,
            0.5 => 0,
            _ => QuantileExact(p).RoundUp(RelativeError),
        };
    }

    /// <summary>Φ⁻¹(1 − q) rounded toward −∞.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is NaN or outside [0, 1].</exception>
    public static double QuantileFromComplementDown(double q) => q == 0.5 ? 0 : -QuantileUp(q);

    /// <summary>
    /// Φ⁻¹ of a lower bound, rounded toward −∞; above ½ it is computed from the complement, which keeps its digits near 1.
    /// </summary>
    public static double QuantileDown(ProbabilityBound bound) =>
        bound.Value > 0.5 ? QuantileFromComplementDown(bound.Complement) : QuantileDown(bound.Value);

    /// <summary>1 − Φ(x) to about 10⁻²⁴ relative; |x| ≤ 38.6.</summary>
    internal static DoubleDouble UpperTailExact(DoubleDouble x)
    {
        if (x.High < 0)
        {
            return 1.0 - UpperTailExact(-x);
        }

        return x.High < 4 ? 0.5 - DensityExact(x) * CentralSeries(x) : DensityExact(x) * MillsRatio(x);
    }

    /// <summary>Φ⁻¹(p) to about 10⁻²⁴ relative; 0 &lt; p &lt; 1.</summary>
    internal static DoubleDouble QuantileExact(double p)
    {
        // For p above ½ the tail 1 − p is exact in double-double.
        var upper = p > 0.5;
        var tail = upper ? DoubleDouble.TwoSum(1, -p) : p;
        DoubleDouble z = NormalQuantileEstimate.UpperTailQuantile(tail.High);
        for (var step = 0; step < 2; step++)
        {
            // Newton on Q(z) = tail; the estimate is good to 10⁻¹⁵, the first step to 10⁻²⁹, the second settles it.
            z += (UpperTailExact(z) - tail) / DensityExact(z);
        }

        return upper ? z : -z;
    }

    private static DoubleDouble DensityExact(DoubleDouble x) =>
        DoubleDouble.InverseSqrtTwoPi * DoubleDouble.Exp((x * x).Scale(-1) * -1.0);

    // (Φ(x) − ½)/φ(x) = x + x³/3 + x⁵/(3·5) + … (Abramowitz, Stegun 26.2.11): positive terms only.
    private static DoubleDouble CentralSeries(DoubleDouble x)
    {
        var square = x * x;
        var term = x;
        var sum = x;
        for (var odd = 3; Math.Abs(term.High) > 1e-33 * Math.Abs(sum.High); odd += 2)
        {
            term = term * square / odd;
            sum += term;
        }

        return sum;
    }

    // Laplace's continued fraction 1/(x + 1/(x + 2/(x + …))) (26.2.14), evaluated backwards.
    private static DoubleDouble MillsRatio(DoubleDouble x)
    {
        var fraction = x;
        for (var n = 30 + (int)(1500 / (x.High * x.High)); n >= 1; n--)
        {
            fraction = x + n / fraction;
        }

        return 1.0 / fraction;
    }

    private static void RequireProbability(double p)
    {
        if (!(p is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability lies in [0, 1].");
        }
    }
}
