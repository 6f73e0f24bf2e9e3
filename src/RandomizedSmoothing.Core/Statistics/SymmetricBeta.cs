namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// One coordinate u of a uniform point of a sphere or ball: (1 − u)/2 has the distribution Beta(a, a). On the sphere of d
/// dimensions a = (d − 1)/2, in the ball a = (d + 1)/2.
/// </summary>
internal static class SymmetricBeta
{
    /// <summary>P(u &gt; c) for 0 ≤ c ≤ 1.</summary>
    /// <param name="c">Height of the cap.</param>
    /// <param name="a">Parameter, above 0.</param>
    public static double UpperTail(double c, double a) =>
        c switch
        {
            0 => 0.5,
            1 => 0,
            _ => Math.Exp(LogUpperTail(c, a)),
        };

    /// <summary>c with P(u &gt; c) = <paramref name="tail"/>, for a tail in [0, ½]; relative error about 10⁻¹³ of the tail.</summary>
    public static double UpperTailQuantile(double tail, double a)
    {
        if (tail >= 0.5)
        {
            return 0;
        }

        if (tail <= 0)
        {
            return 1;
        }

        var logTail = Math.Log(tail);
        var z = NormalQuantileEstimate.UpperTailQuantile(tail);
        var (low, high) = (0.0, 1.0);
        var c = z / Math.Sqrt(2 * a + 1 + z * z);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            var miss = LogUpperTail(c, a) - logTail;
            (low, high) = miss > 0 ? (c, high) : (low, c);

            // d ln P/dc = −density/P.
            var slope = Math.Exp(LogKernel(c, a) - LogUpperTail(c, a)) * 2 / ((1 - c) * (1 + c));
            var next = c + miss / slope;
            next = next > low && next < high ? next : 0.5 * (low + high);
            if (Math.Abs(next - c) <= 1e-15 * c)
            {
                return next;
            }

            c = next;
        }

        return c;
    }

    private static double LogUpperTail(double c, double a)
    {
        var x = 0.5 * (1 - c);
        return LogKernel(c, a) + Math.Log(BinomialTail.Fraction(a, a, a * c, x, 1 - x));
    }

    // ln(x^a y^a/B(a, a)), x = (1 − c)/2, y = (1 + c)/2: 4xy = 1 − c².
    private static double LogKernel(double c, double a) =>
        a * (c < 0.5 ? SmallArguments.LogOnePlus(-c * c) : Math.Log((1 - c) * (1 + c)))
        + 0.5 * Math.Log(a / (4 * Math.PI))
        - 2 * GammaFunction.StirlingError(a)
        + GammaFunction.StirlingError(2 * a);
}
