using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Tests.Statistics;

/// <summary>
/// A confidence sequence without martingales: a Clopper-Pearson bound at each of t = 2, 4, 8, … with α/(k(k+1)) at t = 2^k. The
/// shares sum to α. Wider than betting; an independent check of it.
/// </summary>
internal static class UnionBoundSequence
{
    /// <summary>α/(k(k+1)).</summary>
    /// <param name="alpha">Failure probability of the whole sequence.</param>
    /// <param name="look">k, at least 1: the look at 2^k draws.</param>
    public static double Share(double alpha, int look)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(look, 1);
        return alpha / ((double)look * (look + 1));
    }

    /// <summary>The one-sided lower bound at the look at 2^k draws.</summary>
    /// <param name="heads">Heads among 2^k draws.</param>
    /// <param name="look">k, in [1, 52].</param>
    /// <param name="alpha">Failure probability of the whole sequence, in (0, 1).</param>
    public static ProbabilityBound Lower(long heads, int look, double alpha) =>
        BinomialBounds.LowerBound(heads, 1L << look, Share(alpha, look));
}
