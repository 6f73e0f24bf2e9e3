namespace RandomizedSmoothing.Core.AccuracyLoss.Geometry;

/// <summary>Roots of monotone functions to the last few bits.</summary>
internal static class Root
{
    /// <summary>
    /// The largest x in [low, high] where a decreasing function is still at least zero; low when it is negative
    /// throughout, high when it never is.
    /// </summary>
    public static double OfDecreasing(Func<double, double> f, double low, double high)
    {
        if (f(high) >= 0)
        {
            return high;
        }

        while (true)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return low;
            }

            if (f(middle) >= 0)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }

            if (high - low <= 2e-16 * Math.Max(Math.Abs(low), Math.Abs(high)))
            {
                return low + ((high - low) / 2);
            }
        }
    }
}
