namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// The VC dimension of a set of two-label classifiers: the largest number of points on which all labellings occur
/// (Vapnik, Chervonenkis 1971). A classifier that abstains somewhere counts for no labelling.
/// </summary>
public static class VcDimension
{
    /// <summary>The largest domain tried; the work grows as 3ⁿ / 64.</summary>
    public const int LargestDomain = 22;

    private static readonly ulong[] LowerHalf =
    [
        0x5555555555555555,
        0x3333333333333333,
        0x0F0F0F0F0F0F0F0F,
        0x00FF00FF00FF00FF,
        0x0000FFFF0000FFFF,
        0x00000000FFFFFFFF,
    ];

    /// <returns>The dimension (−1 for the empty set), or null for more than two labels or a larger domain.</returns>
    public static int? Of(LabellingSet set, CancellationToken cancellation = default)
    {
        if (set.Code.Labels != 2 || set.Code.Points > LargestDomain)
        {
            return null;
        }

        var best = -1;
        Explore(set.Words, set.Code.Points, 0, ref best, cancellation);
        return best;
    }

    /// <summary>
    /// Drops every coordinate from <paramref name="from"/> on in turn. A bitmap over m coordinates that is full means
    /// that the m points kept are shattered.
    /// </summary>
    private static void Explore(ulong[] bitmap, int points, int from, ref int best, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (points <= best)
        {
            return;
        }

        if (IsFull(bitmap, points))
        {
            best = points;
            return;
        }

        for (var i = from; i < points; i++)
        {
            Explore(Project(bitmap, i), points - 1, i, ref best, cancellation);
        }
    }

    private static bool IsFull(ulong[] bitmap, int points)
    {
        var full = points >= 6 ? ulong.MaxValue : (1UL << (1 << points)) - 1;
        return Array.TrueForAll(bitmap, w => w == full);
    }

    /// <summary>The labellings of the other coordinates that occur with either label of coordinate i.</summary>
    private static ulong[] Project(ulong[] bitmap, int i)
    {
        var result = new ulong[Math.Max(1, bitmap.Length / 2)];
        if (i >= 6)
        {
            var block = 1 << (i - 6);
            for (var w = 0; w < result.Length; w++)
            {
                var source = ((w & ~(block - 1)) << 1) | (w & (block - 1));
                result[w] = bitmap[source] | bitmap[source + block];
            }

            return result;
        }

        for (var w = 0; w < bitmap.Length; w++)
        {
            var word = (bitmap[w] | (bitmap[w] >> (1 << i))) & LowerHalf[i];
            for (var j = i; j < 5; j++)
            {
                word = (word | (word >> (1 << j))) & LowerHalf[j + 1];
            }

            result[w / 2] |= word << (32 * (w & 1));
        }

        return result;
    }
}
