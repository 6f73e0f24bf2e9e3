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

    /// <summary>
    /// artanh c with P(u &gt; c) = <paramref name="tail"/>, for a tail in [0, ½]; relative error about 10⁻¹³ of the tail. Found from
    /// (1 − c)/2 where c comes close to 1, as it does in few dimensions; a tail below 10⁻¹⁰⁰ counts as 10⁻¹⁰⁰, but for 0.
    /// </summary>
    public static double UpperTailArtanh(double tail, double a)
    {
        if (tail <= 0)
        {
            return double.PositiveInfinity;
        }

        var cap = UpperTailQuantile(tail, a);
        if (cap < 0.5)
        {
            return Math.Atanh(cap);
        }

        // ln P against ln x is almost straight, with slope a, for small x = (1 − c)/2.
        var logTail = Math.Log(Math.Max(tail, 1e-100));
        var logRest = Math.Min(Math.Log(0.25), (logTail - LogUpperTailOfRest(0.25, a)) / a + Math.Log(0.25));
        for (var iteration = 0; iteration < 100; iteration++)
        {
            var rest = Math.Exp(logRest);
            var log = LogUpperTailOfRest(rest, a);
            var slope = Math.Exp(LogKernelOfRest(rest, a) - log) / (1 - rest);
            var step = (log - logTail) / slope;
            logRest = Math.Min(logRest - step, Math.Log(0.25));
            if (Math.Abs(step) <= 1e-15 * Math.Abs(logRest))
            {
                break;
            }
        }

        return 0.5 * (SmallArguments.LogOnePlus(-Math.Exp(logRest)) - logRest);
    }

    private static double LogUpperTail(double c, double a)
    {
        var x = 0.5 * (1 - c);
        return LogKernel(c, a) + Math.Log(BinomialTail.Fraction(a, a, a * c, x, 1 - x));
    }

    private static double LogUpperTailOfRest(double x, double a) =>
        LogKernelOfRest(x, a) + Math.Log(BinomialTail.Fraction(a, a, a * (1 - 2 * x), x, 1 - x));

    // ln(x^a y^a/B(a, a)), x = (1 − c)/2, y = (1 + c)/2: 4xy = 1 − c².
    private static double LogKernel(double c, double a) =>
        LogKernelOf(c < 0.5 ? SmallArguments.LogOnePlus(-c * c) : Math.Log((1 - c) * (1 + c)), a);

    private static double LogKernelOfRest(double x, double a) =>
        LogKernelOf(Math.Log(4 * x) + SmallArguments.LogOnePlus(-x), a);

    private static double LogKernelOf(double logProduct, double a) =>
        a * logProduct
        + 0.5 * Math.Log(a / (4 * Math.PI))
        - 2 * GammaFunction.StirlingError(a)
        + GammaFunction.StirlingError(2 * a);
}
