namespace RandomizedSmoothing.Core.Statistics;

/// <summary>The regularised incomplete beta function, to about 1e-13.</summary>
public static class IncompleteBeta
{
    /// <summary>I_x(a, b) for a, b &gt; 0: the probability that a beta variable is at most x.</summary>
    /// <remarks>Continued fraction 26.5.8 of Abramowitz and Stegun by Lentz's method, on the side where it converges fast.</remarks>
    public static double Regularized(double a, double b, double x) => Regularized(a, b, x, 1 - x);

    /// <summary>I_x(a, b) with y = 1 − x given by itself, so that either may be tiny.</summary>
    public static double Regularized(double a, double b, double x, double y)
    {
        if (x <= 0 || y <= 0)
        {
            return x <= 0 ? 0 : 1;
        }

        return x < (a + 1) / (a + b + 2) ? Math.Exp(LogFront(a, b, x, y)) : 1 - Math.Exp(LogFront(b, a, y, x));
    }

    /// <summary>ln I_x(a, b) with y = 1 − x given by itself; it does not underflow.</summary>
    public static double LogRegularized(double a, double b, double x, double y)
    {
        if (x <= 0 || y <= 0)
        {
            return x <= 0 ? double.NegativeInfinity : 0;
        }

        return x < (a + 1) / (a + b + 2)
            ? LogFront(a, b, x, y)
            : SmallArguments.LogOnePlus(-Math.Exp(LogFront(b, a, y, x)));
    }

    /// <summary>ln B(a, b), without cancellation when one argument is large.</summary>
    public static double LogBeta(double a, double b) =>
        0.918938533204672741780329736406
        + GammaFunctions.StirlingError(a)
        + GammaFunctions.StirlingError(b)
        - GammaFunctions.StirlingError(a + b)
        - ((a - 0.5) * SmallArguments.LogOnePlus(b / a))
        - (b * SmallArguments.LogOnePlus(a / b))
        - (0.5 * Math.Log(b));

    private static double LogFront(double a, double b, double x, double y)
    {
        var logX = x < 0.5 ? Math.Log(x) : SmallArguments.LogOnePlus(-y);
        var logY = y < 0.5 ? Math.Log(y) : SmallArguments.LogOnePlus(-x);
        var c = 1.0;
        var d = 1 / (1 - ((a + b) * x / (a + 1)));
        var h = d;
        for (var m = 1; m < 1_000_000; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / (1 + (even * d));
            c = 1 + (even / c);
            h *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / (1 + (odd * d));
            c = 1 + (odd / c);
            var factor = d * c;
            h *= factor;
            if (Math.Abs(factor - 1) < 1e-16)
            {
                break;
            }
        }

        return (a * logX) + (b * logY) - LogBeta(a, b) - Math.Log(a) + Math.Log(h);
    }
}
