using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// The fewest estimation draws with which a plan can certify anything. A plan with fewer abstains on every image, whatever
/// the classifier does.
/// </summary>
public static class SmallestPlan
{
    private const long MostTried = 1_000_000;

    /// <summary>The smallest n, for the failure probability that one bound of one image receives.</summary>
    /// <param name="plan">Mode, alpha, certificate and correction; its own n is not looked at.</param>
    /// <param name="images">Images of the cell, which share alpha under a family-wise correction.</param>
    /// <remarks>
    /// Fixed: all n votes for one class give the lower bound α^(1/n), which must reach ½ (Clopper and Pearson 1934).
    /// Anytime: n votes of n after unanimous selection votes must make the anytime-valid bound reach ½.
    /// </remarks>
    public static long Draws(CertificationPlan plan, int images = 1)
    {
        var alpha = Share(plan, images);
        return plan.Mode == CertificationMode.Fixed
            ? CertificationLimits.SmallestUsefulDraws(alpha)
            : AnytimeDraws(alpha, plan.N0);
    }

    /// <summary>The failure probability that one bound of one image receives.</summary>
    public static double Share(CertificationPlan plan, int images) => AlphaShares.Of(plan, images, classes: 2).Top;

    private static long AnytimeDraws(double alpha, long n0)
    {
        var bound = new AnytimeLowerBound(alpha, n0, n0);
        var (no, yes) = (0L, MostTried);
        while (yes - no > 1)
        {
            var middle = no + ((yes - no) / 2);
            (no, yes) = bound.Exceeds(middle, middle, 0.5) ? (no, middle) : (middle, yes);
        }

        return yes;
    }
}
