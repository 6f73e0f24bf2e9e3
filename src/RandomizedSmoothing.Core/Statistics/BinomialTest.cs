namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// The exact two-sided binomial test of a fair coin, which PREDICT uses (Cohen et al. 2019, Alg. 1; Hung, Fithian 2019).
/// </summary>
public static class BinomialTest
{
    /// <summary>
    /// ln of the p-value of <paramref name="first"/> against <paramref name="second"/> at probability ½: the probability of an
    /// outcome no likelier than the one seen. Exact for any counts; 0 where both are equal, and for no draw at all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static double LogTwoSided(long first, long second)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(second);
        if (first == second)
        {
            return 0;
        }

        // At ½ the distribution is symmetric and falls away from the middle: twice the upper tail, below 1 off the middle.
        var larger = Math.Max(first, second);
        var n = checked(first + second);
        var logTail = larger == n ? -n * Ln2 : BinomialTail.LogUpper(larger, n, 0.5, 0.5, out _);
        return Math.Min(0, Ln2 + logTail);
    }

    /// <summary>The p-value of <see cref="LogTwoSided"/> itself; 0 where it is below 10⁻³⁰⁸.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static double TwoSided(long first, long second) => Math.Exp(LogTwoSided(first, second));

    private const double Ln2 = 0.6931471805599453;
}
