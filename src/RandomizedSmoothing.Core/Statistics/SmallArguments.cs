namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// e^x − 1 and ln(1 + x) to a few ulp for small x, by Kahan's forms; the framework's own subtract 1 and lose the digits.
/// </summary>
internal static class SmallArguments
{
    /// <summary>e^x − 1.</summary>
    public static double ExpMinusOne(double x)
    {
        var power = Math.Exp(x);
        if (power == 1)
        {
            return x;
        }

        return Math.Abs(x) < 1 ? (power - 1) * x / Math.Log(power) : power - 1;
    }

    /// <summary>ln(1 + x), x &gt; −1.</summary>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        if (sum == 1)
        {
            return x;
        }

        return Math.Abs(x) < 1 ? Math.Log(sum) * x / (sum - 1) : Math.Log(sum);
    }
}
