using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// What may be said of a whole data set when each certificate fails with probability α: with probability 1 − ρ at most q of m
/// certificates are false, so certified accuracy may be overstated by at most q/m.
/// </summary>
public static class DatasetBound
{
    /// <summary>
    /// The least q with P(Bin(m, α) &gt; q) ≤ ρ, by the exact distribution. Certificates of different images are independent, and
    /// each fails with probability at most α.
    /// </summary>
    /// <param name="images">m, at least 1.</param>
    /// <param name="alpha">Failure probability of one certificate, in [0, 1).</param>
    /// <param name="rho">Failure probability of the statement, in (0, 1).</param>
    public static long FalseCertificates(long images, double alpha, double rho)
    {
        Require(images, alpha, rho);
        var (no, yes) = (-1L, images);
        while (yes - no > 1)
        {
            var middle = no + (yes - no) / 2;
            (no, yes) = LogExceedance(middle, images, alpha) <= Math.Log(rho) ? (no, middle) : (middle, yes);
        }

        return yes;
    }

    /// <summary>ln P(Bin(m, α) &gt; q); 0 where q is below the mean, which is more than needed: an upper bound there.</summary>
    /// <param name="q">Number of false certificates, in [−1, m].</param>
    /// <param name="images">m.</param>
    /// <param name="alpha">Failure probability of one certificate.</param>
    public static double LogExceedance(long q, long images, double alpha)
    {
        var more = q + 1;
        if (more > images || alpha == 0)
        {
            return more <= 0 ? 0 : double.NegativeInfinity;
        }

        if (more <= images * alpha)
        {
            // Below the mean the tail is at least about a half; only tiny m get here with a small rho.
            return more <= 0 ? 0 : LogComplement(more, images, alpha);
        }

        return more == images ? images * Math.Log(alpha) : BinomialTail.LogUpper(more, images, alpha, 1 - alpha, out _);
    }

    /// <summary>
    /// The deduction of the published analysis code (Cohen et al. 2019, analyze.py): α + √(α(1−α)L/m) + L/(3m), L = ln 1/ρ. It lacks
    /// the factor 2 of Bernstein's inequality under the root and covers less often than stated from m = 10,000: for comparison.
    /// </summary>
    /// <param name="images">m, at least 1.</param>
    /// <param name="alpha">Failure probability of one certificate.</param>
    /// <param name="rho">Failure probability of the statement.</param>
    public static double PublishedDeduction(long images, double alpha, double rho)
    {
        Require(images, alpha, rho);
        var log = -Math.Log(rho);
        return alpha + Math.Sqrt(alpha * (1 - alpha) * log / images) + log / (3.0 * images);
    }

    // ln P(X ≥ k), k at or below the mean, by the other tail.
    private static double LogComplement(long k, long images, double alpha)
    {
        var failures = images - k + 1;
        var below =
            failures == images
                ? images * Math.Log(1 - alpha)
                : BinomialTail.LogUpper(failures, images, 1 - alpha, alpha, out _);
        return Math.Log(1 - Math.Exp(below));
    }

    private static void Require(long images, double alpha, double rho)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        if (!(alpha is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A failure probability lies in [0, 1).");
        }

        if (!(rho is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(rho),
                rho,
                "A failure probability lies strictly between 0 and 1."
            );
        }
    }
}
