namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// The gamma function and its incomplete forms for positive real arguments, to about 1e-13 relative in the central
/// region; sizes up to a million keep their digits because prefactors are taken by Loader's saddle-point form.
/// </summary>
public static class GammaFunctions
{
    private const double LogSqrtTwoPi = 0.918938533204672741780329736406;
    private const double Epsilon = 1e-17;

    /// <summary>ln Γ(a), a &gt; 0.</summary>
    public static double LogGamma(double a) =>
        a >= 10 ? ((a - 0.5) * Math.Log(a)) - a + LogSqrtTwoPi + StirlingError(a) : LogGamma(a + 10) - LogRising(a, 10);

    /// <summary>ln Γ(a) − [(a−½) ln a − a + ½ ln 2π], a &gt; 0.</summary>
    public static double StirlingError(double a)
    {
        if (a < 10)
        {
            return LogGamma(a) - (((a - 0.5) * Math.Log(a)) - a + LogSqrtTwoPi);
        }

        var inverse = 1 / a;
        var square = inverse * inverse;
        return inverse
            * (
                (1.0 / 12)
                - (
                    square
                    * (
                        (1.0 / 360)
                        - (
                            square
                            * (
                                (1.0 / 1260)
                                - (
                                    square
                                    * (
                                        (1.0 / 1680)
                                        - (square * ((1.0 / 1188) - (square * ((691.0 / 360360) - (square / 156)))))
                                    )
                                )
                            )
                        )
                    )
                )
            );
    }

    /// <summary>x^a e^(−x) / Γ(a+1): the probability of a in a Poisson law of mean x when a is an integer.</summary>
    public static double PoissonPoint(double a, double x)
    {
        if (x == 0)
        {
            return a == 0 ? 1 : 0;
        }

        return a < 10
            ? Math.Exp((a * Math.Log(x)) - x - LogGamma(a + 1))
            : Math.Exp(-StirlingError(a) - BinomialTail.Deviance(a, x, a - x)) / Math.Sqrt(2 * Math.PI * a);
    }

    /// <summary>P(a, x) = γ(a, x)/Γ(a): the probability that a gamma variable of shape a is at most x.</summary>
    public static double LowerRegularized(double a, double x) =>
        x <= 0 ? 0
        : x < a + 1 ? LowerSeries(a, x)
        : 1 - UpperFraction(a, x);

    /// <summary>Q(a, x) = 1 − P(a, x), without cancellation.</summary>
    public static double UpperRegularized(double a, double x) =>
        x <= 0 ? 1
        : x < a + 1 ? 1 - LowerSeries(a, x)
        : UpperFraction(a, x);

    /// <summary>P(χ²_d ≤ x).</summary>
    public static double ChiSquareCdf(double degrees, double x) => LowerRegularized(degrees / 2, x / 2);

    /// <summary>The median of χ² with d degrees of freedom.</summary>
    public static double ChiSquareMedian(double degrees)
    {
        // Wilson–Hilferty starts within a few per mille; Newton on the cdf finishes.
        var a = degrees / 2;
        var x = a * Math.Pow(Math.Max(0.1, 1 - (1 / (9 * a))), 3);
        for (var step = 0; step < 100; step++)
        {
            var density = PoissonPoint(a, x) * a / x;
            var change = (LowerRegularized(a, x) - 0.5) / density;
            x = Math.Max(x / 4, x - change);
            if (Math.Abs(change) < 1e-15 * x)
            {
                break;
            }
        }

        return 2 * x;
    }

    private static double LogRising(double a, int steps)
    {
        var product = 1.0;
        for (var i = 0; i < steps; i++)
        {
            product *= a + i;
        }

        return Math.Log(product);
    }

    // P(a, x) = x^a e^(−x)/Γ(a+1) · (1 + x/(a+1) + x²/((a+1)(a+2)) + …) (Abramowitz, Stegun 6.5.29).
    private static double LowerSeries(double a, double x)
    {
        var term = 1.0;
        var sum = 1.0;
        for (var n = 1; term > Epsilon * sum; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return PoissonPoint(a, x) * sum;
    }

    // Q(a, x) as the continued fraction 6.5.31, by Lentz's method.
    private static double UpperFraction(double a, double x)
    {
        var b = x + 1 - a;
        var c = 1e300;
        var d = 1 / b;
        var h = d;
        for (var n = 1; n < 10_000_000; n++)
        {
            var an = -n * (n - a);
            b += 2;
            d = 1 / NonZero((an * d) + b);
            c = NonZero(b + (an / c));
            var factor = c * d;
            h *= factor;
            if (Math.Abs(factor - 1) < 1e-16)
            {
                break;
            }
        }

        return PoissonPoint(a, x) * a * h;
    }

    private static double NonZero(double value) => value == 0 ? 1e-300 : value;
}
