namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// Binomial probabilities in log space, accurate for any n: Loader's saddle-point form of the point probability ("Fast and
/// accurate computation of binomial probabilities", 2000) times a continued fraction for the tail ratio (Didonato, Morris 1992,
/// TOMS 708, BFRAC). Absolute error of a log: a few 10⁻¹⁶ times its size.
/// </summary>
internal static class BinomialTail
{
    private static readonly double[] StirlingErrors =
    [
        0,
        0.08106146679532726,
        0.0413406959554093,
        0.02767792568499834,
        0.020790672103765093,
        0.016644691189821193,
        0.013876128823070748,
        0.01189670994589177,
        0.010411265261972096,
        0.009255462182712733,
        0.00833056343336287,
        0.007573675487951841,
        0.00694284010720953,
        0.006408994188004207,
        0.0059513701127588475,
        0.005554733551962801,
        0.0052076559196096404,
    ];

    /// <summary>
    /// ln P(X ≥ k) for X ~ Bin(n, p), where k is at or above the mean: np ≤ k (the fraction converges slowly elsewhere).
    /// </summary>
    /// <param name="k">1 ≤ k &lt; n.</param>
    /// <param name="n">Number of draws.</param>
    /// <param name="p">Success probability.</param>
    /// <param name="q">1 − p, given by itself so that either may be small.</param>
    /// <param name="ratio">P(X ≥ k)/P(X = k), at least 1.</param>
    public static double LogUpper(long k, long n, double p, double q, out double ratio)
    {
        // k − np with one rounding, taken on the side that is small, where the product is exact to an ulp of little.
        var excess = p <= q ? -Math.FusedMultiplyAdd(n, p, -k) : Math.FusedMultiplyAdd(n, q, -(double)(n - k));
        ratio = k * q * Fraction(k, n - k + 1.0, excess - p, p, q);
        return LogPoint(k, n, p, q, excess) + Math.Log(ratio);
    }

    /// <summary>ln P(X = k), 1 ≤ k &lt; n; <paramref name="excess"/> = k − np.</summary>
    private static double LogPoint(long k, long n, double p, double q, double excess)
    {
        double failures = n - k;
        return StirlingError(n)
            - StirlingError(k)
            - StirlingError(n - k)
            - Deviance(k, n * p, excess)
            - Deviance(failures, n * q, -excess)
            + 0.5 * Math.Log(n / (2 * Math.PI * k * failures));
    }

    /// <summary>ln n! less Stirling's formula.</summary>
    public static double StirlingError(long n)
    {
        if (n < StirlingErrors.Length)
        {
            return StirlingErrors[n];
        }

        var inverse = 1.0 / n;
        var square = inverse * inverse;
        return inverse
            * (
                1.0 / 12
                - square
                    * (
                        1.0 / 360
                        - square * (1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188 - square * 691 / 360360)))
                    )
            );
    }

    /// <summary>x ln(x/m) + m − x with d = x − m, without cancellation for x near m (Loader's bd0).</summary>
    public static double Deviance(double x, double m, double d)
    {
        if (x == 0)
        {
            return m;
        }

        if (m == 0)
        {
            return double.PositiveInfinity;
        }

        var v = d / (x + m);
        if (Math.Abs(v) >= 0.1)
        {
            return x * Math.Log(x / m) - d;
        }

        var square = v * v;
        var sum = d * v;
        var power = 2 * x * v;
        for (var odd = 3; ; odd += 2)
        {
            power *= square;
            var next = sum + power / odd;
            if (next == sum)
            {
                return next;
            }

            sum = next;
        }
    }

    /// <summary>I_p(a, b) = p^a q^b / B(a, b) × the returned value; <paramref name="lambda"/> = a − (a+b)p ≥ 0.</summary>
    public static double Fraction(double a, double b, double lambda, double p, double q)
    {
        var c = 1 + lambda;
        var c0 = b / a;
        var c1 = 1 + 1 / a;
        var qp1 = q + 1;
        double index = 0;
        double step = 1;
        var s = a + 1;
        double an = 0;
        double bn = 1;
        double anNext = 1;
        var bnNext = c / c1;
        var r = c1 / c;
        while (true)
        {
            index++;
            var t = index / a;
            var w = index * (b - index) * p;
            var e = a / s;
            var alpha = step * (step + c0) * e * e * (w * p);
            e = (t + 1) / (c1 + t + t);
            var beta = index + w / s + e * (c + index * qp1);
            step = t + 1;
            s += 2;

            t = alpha * an + beta * anNext;
            an = anNext;
            anNext = t;
            t = alpha * bn + beta * bnNext;
            bn = bnNext;
            bnNext = t;

            var previous = r;
            r = anNext / bnNext;
            if (Math.Abs(r - previous) <= 1e-16 * r || alpha == 0)
            {
                return r;
            }

            an /= bnNext;
            bn /= bnNext;
            anNext = r;
            bnNext = 1;
        }
    }
}
