using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// The accuracy of smoothing on structureless truths: labels drawn uniformly at random, the truth itself smoothed.
/// Rows are independent questions, so this needs no enumeration and works on domains of any size.
/// </summary>
public static class RandomLabels
{
    /// <summary>E[S h (x) = h(x)] over uniform two-label h and uniform x, exactly.</summary>
    /// <remarks>
    /// For an odd window of 2r+1 points it is ½ + C(2r, r) / 2^(2r+1). The distribution of the vote is built weight by
    /// weight, so rows with few distinct weights are cheap.
    /// </remarks>
    public static ExactFraction MeanOwnAccuracy(SmoothingKernel kernel, TieRule ties)
    {
        var known = new Dictionary<string, ExactFraction>();
        var sum = ExactFraction.Zero;
        for (var x = 0; x < kernel.Points; x++)
        {
            var own = kernel.Rows[x].Atoms.FirstOrDefault(a => a.Point == x).Weight;
            var others = kernel.Rows[x].Atoms.Where(a => a.Point != x).Select(a => a.Weight).Order().ToArray();
            var signature = $"{own}|{string.Join(',', others)}";
            if (!known.TryGetValue(signature, out var accuracy))
            {
                accuracy = OfRow(own, others, kernel.Rows[x].Total, ties);
                known.Add(signature, accuracy);
            }

            sum += accuracy;
        }

        return sum / kernel.Points;
    }

    private static ExactFraction OfRow(BigInteger own, BigInteger[] others, BigInteger total, TieRule ties)
    {
        var sums = new Dictionary<BigInteger, BigInteger> { [own] = 1 };
        foreach (var weight in others)
        {
            var next = new Dictionary<BigInteger, BigInteger>();
            foreach (var (value, count) in sums)
            {
                next[value] = next.GetValueOrDefault(value) + count;
                next[value + weight] = next.GetValueOrDefault(value + weight) + count;
            }

            sums = next;
        }

        // A tie is decided for the own label always (keep), never (abstain), or when it is label 0 (lowest): half the time.
        var tie = ties switch
        {
            TieRule.Keep => ExactFraction.One,
            TieRule.Lowest => ExactFraction.Half,
            _ => ExactFraction.Zero,
        };
        var won = sums.Where(s => 2 * s.Key > total).Aggregate(BigInteger.Zero, (t, s) => t + s.Value);
        var tied = sums.GetValueOrDefault(total / 2) * (total.IsEven ? 1 : 0);
        return (new ExactFraction(won, 1) + (tie * new ExactFraction(tied, 1)))
            / new ExactFraction(BigInteger.One << others.Length, 1);
    }
}
