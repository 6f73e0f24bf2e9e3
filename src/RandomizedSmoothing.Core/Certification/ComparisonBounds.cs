using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// The l2 radii of Gaussian smoothing in the order they were found, over σ: Lecuyer et al. 2019 ≤ Li et al. 2019 ≤ Cohen et al.
/// 2019, the last of which is tight. For comparison; certificates use the last.
/// </summary>
public static class ComparisonBounds
{
    /// <summary>
    /// Lecuyer et al. 2019 (differential privacy): sup over 0 &lt; β ≤ min(1, ½ ln(p_A/p_B)) of β/√(2 ln(1.25(1+e^β)/(p_A − e^(2β) p_B))).
    /// </summary>
    /// <param name="pA">Lower bound of the top class.</param>
    /// <param name="pB">Upper bound of the runner-up, in (0, p_A).</param>
    public static double Lecuyer(double pA, double pB) =>
        Maximize(
            beta =>
            {
                var gap = pA - Math.Exp(2 * beta) * pB;
                return gap <= 0 ? 0 : beta / Math.Sqrt(2 * Math.Log(1.25 * (1 + Math.Exp(beta)) / gap));
            },
            0,
            Math.Min(1, 0.5 * Math.Log(pA / pB))
        );

    /// <summary>
    /// Li et al. 2019 (Rényi divergence): sup over a &gt; 0, a ≠ 1, of √(−(2/a) ln(1 − p_A − p_B + 2 M(1−a))), M(s) the power mean
    /// ((p_A^s + p_B^s)/2)^(1/s).
    /// </summary>
    /// <param name="pA">Lower bound of the top class.</param>
    /// <param name="pB">Upper bound of the runner-up, in (0, p_A).</param>
    public static double Li(double pA, double pB)
    {
        // The radius is unimodal in ln a.
        return Maximize(
            logOrder =>
            {
                var order = Math.Exp(logOrder);
                var s = 1 - order;
                var mean =
                    Math.Abs(s) < 1e-9
                        ? Math.Sqrt(pA * pB)
                        : Math.Pow(0.5 * (Math.Pow(pA, s) + Math.Pow(pB, s)), 1 / s);
                var inner = 1 - pA - pB + 2 * mean;
                return inner is > 0 and < 1 ? Math.Sqrt(-2 / order * Math.Log(inner)) : 0;
            },
            -12,
            8
        );
    }

    /// <summary>Cohen et al. 2019: ½(Φ⁻¹(p_A) − Φ⁻¹(p_B)).</summary>
    /// <param name="pA">Lower bound of the top class.</param>
    /// <param name="pB">Upper bound of the runner-up.</param>
    public static double Cohen(double pA, double pB) =>
        0.5 * (NormalDistribution.Quantile(pA) - NormalDistribution.Quantile(pB));

    // Golden-section search of a unimodal function; 100 steps leave 10⁻²⁰ of the interval.
    private static double Maximize(Func<double, double> function, double low, double high)
    {
        const double Ratio = 0.6180339887498949;
        var left = high - Ratio * (high - low);
        var right = low + Ratio * (high - low);
        var (atLeft, atRight) = (function(left), function(right));
        for (var step = 0; step < 100; step++)
        {
            if (atLeft < atRight)
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + Ratio * (high - low);
                atRight = function(right);
            }
            else
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - Ratio * (high - low);
                atLeft = function(left);
            }
        }

        return Math.Max(atLeft, atRight);
    }
}
