using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>What a fixed number of draws can certify at best.</summary>
public static class CertificationLimits
{
    /// <summary>
    /// The least number of votes among <paramref name="draws"/> that certifies a class at radius 0: L(k, n, α) ≥ ½, which is
    /// P(Bin(n, ½) ≥ k) ≤ α.
    /// </summary>
    /// <param name="draws">Estimation draws, at least 1.</param>
    /// <param name="alpha">One-sided failure probability, in (0, 1).</param>
    /// <returns>Null where even a unanimous vote abstains.</returns>
    public static long? MinimumCertifiableCount(long draws, double alpha)
    {
        if (!Certifies(draws, draws, alpha))
        {
            return null;
        }

        var (no, yes) = (0L, draws);
        while (yes - no > 1)
        {
            var middle = no + (yes - no) / 2;
            (no, yes) = Certifies(middle, draws, alpha) ? (no, middle) : (middle, yes);
        }

        return yes;
    }

    /// <summary>The least n at which anything can certify: 2^−n ≤ α. For α = .001 it is 10.</summary>
    /// <param name="alpha">One-sided failure probability, in (0, 1).</param>
    public static long SmallestUsefulDraws(double alpha)
    {
        if (!(alpha is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(alpha),
                alpha,
                "A failure probability lies strictly between 0 and 1."
            );
        }

        var draws = 1;
        while (Math.ScaleB(1, -draws) > alpha)
        {
            draws++;
        }

        return draws;
    }

    private static bool Certifies(long votes, long draws, double alpha) =>
        BinomialBounds.Lower(votes, draws, alpha) >= 0.5;
}
