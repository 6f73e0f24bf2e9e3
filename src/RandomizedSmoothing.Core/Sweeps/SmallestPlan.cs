using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// The fewest estimation draws with which a plan can certify anything. A plan with fewer abstains on every image, whatever
/// the classifier does.
/// </summary>
public static class SmallestPlan
{
    private const int MostTried = 100_000;

    /// <summary>The smallest n, for the failure probability that one bound of one image receives.</summary>
    /// <param name="plan">Mode, alpha, certificate and correction; its own n is not looked at.</param>
    /// <param name="images">Images of the cell, which share alpha under a family-wise correction.</param>
    /// <remarks>
    /// Fixed: all n votes for one class give the lower bound α^(1/n), which must reach ½ (Clopper and Pearson 1934).
    /// Anytime: n heads of n make the betting wealth against ½ at most ∏ 2(n0+½+i)/(n0+1+i), which must reach 1/α (Ville).
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
        var logWealth = 0.0;
        var needed = -Math.Log(alpha);
        for (var i = 0; i < MostTried; i++)
        {
            logWealth += Math.Log(2 * (n0 + 0.5 + i) / (n0 + 1.0 + i));
            if (logWealth >= needed)
            {
                return i + 1;
            }
        }

        return MostTried;
    }
}
