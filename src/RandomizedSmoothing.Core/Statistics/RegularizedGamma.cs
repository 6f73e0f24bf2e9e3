namespace RandomizedSmoothing.Core.Statistics;

/// <summary>The gamma distribution of scale 1: tails and quantile to about 10⁻¹⁴ relative.</summary>
internal static class RegularizedGamma
{
    /// <summary>Both tails at x ≥ 0: P(G ≤ x) and P(G &gt; x), each accurate in the relative sense where it is the smaller.</summary>
    /// <param name="shape">Above 0.</param>
    /// <param name="x">At least 0.</param>
    public static (double Lower, double Upper) Tails(double shape, double x)
    {
        if (x <= 0)
        {
            return (0, 1);
        }

        var kernel = Math.Exp(shape * Math.Log(x) - x - LogGamma(shape));
        if (x < shape + 1)
        {
            var lower = kernel * Series(shape, x);
            return (lower, 1 - lower);
        }

        var upper = kernel * Fraction(shape, x);
        return (1 - upper, upper);
    }

    /// <summary>x with P(G ≤ x) = <paramref name="lower"/>, given together with its complement so that either may be small.</summary>
    /// <param name="shape">Above 0.</param>
    /// <param name="lower">In [0, 1].</param>
    /// <param name="upper">1 − lower.</param>
    public static double Quantile(double shape, double lower, double upper)
    {
        if (lower <= 0)
        {
            return 0;
        }

        if (upper <= 0)
        {
            return double.PositiveInfinity;
        }

        // Bisection on ln x, on the smaller tail: slow, sure, and used once per certificate.
        var (low, high) = (-750.0, Math.Log(shape + 800));
        for (var step = 0; step < 120 && high - low > 1e-16 * Math.Abs(low); step++)
        {
            var middle = 0.5 * (low + high);
            var tails = Tails(shape, Math.Exp(middle));
            var below = lower < upper ? tails.Lower < lower : tails.Upper > upper;
            (low, high) = below ? (middle, high) : (low, middle);
        }

        return Math.Exp(low);
    }

    /// <summary>ln Γ(x), x &gt; 0.</summary>
    public static double LogGamma(double x) =>
        (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + GammaFunction.StirlingError(x);

    // Σ x^n/(a(a+1)…(a+n)).
    private static double Series(double shape, double x)
    {
        var term = 1 / shape;
        var sum = term;
        for (var n = 1; term > 1e-17 * sum; n++)
        {
            term *= x / (shape + n);
            sum += term;
        }

        return sum;
    }

    // Legendre's continued fraction by Lentz's method.
    private static double Fraction(double shape, double x)
    {
        var b = x + 1 - shape;
        var c = 1e300;
        var d = 1 / b;
        var h = d;
        for (var i = 1; i < 10_000; i++)
        {
            var a = -i * (i - shape);
            b += 2;
            d = 1 / (a * d + b);
            c = b + a / c;
            var factor = d * c;
            h *= factor;
            if (Math.Abs(factor - 1) < 1e-16)
            {
                break;
            }
        }

        return h;
    }
}
