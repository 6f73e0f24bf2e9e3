namespace RandomizedSmoothing.Core.Statistics;

/// <summary>Logarithms of gamma functions of large arguments, without the cancellation of their differences.</summary>
internal static class GammaFunction
{
    /// <summary>ln Γ(x) less (x − ½) ln x − x + ½ ln 2π, x &gt; 0.</summary>
    public static double StirlingError(double x)
    {
        double shift = 0;
        while (x < 20)
        {
            // Γ(x + 1) = x Γ(x).
            shift += (x + 0.5) * SmallArguments.LogOnePlus(1 / x) - 1;
            x += 1;
        }

        var inverse = 1 / x;
        var square = inverse * inverse;
        return shift
            + inverse
                * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
    }

    /// <summary>ln Γ(x + s) − ln Γ(x), x &gt; 0, s ≥ 0.</summary>
    public static double LogRatio(double x, double s) =>
        (x + s - 0.5) * SmallArguments.LogOnePlus(s / x)
        + s * Math.Log(x)
        - s
        + StirlingError(x + s)
        - StirlingError(x);
}
