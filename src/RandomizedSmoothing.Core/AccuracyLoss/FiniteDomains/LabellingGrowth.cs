namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>One step of growth of a set of complete labellings in Hamming distance.</summary>
internal static class LabellingGrowth
{
    private static readonly ulong[] LowerHalf =
    [
        0x5555555555555555,
        0x3333333333333333,
        0x0F0F0F0F0F0F0F0F,
        0x00FF00FF00FF00FF,
        0x0000FFFF0000FFFF,
        0x00000000FFFFFFFF,
    ];

    /// <summary>The set together with every labelling that differs from a member at one point.</summary>
    public static LabellingSet Grow(LabellingSet set, CancellationToken cancellation)
    {
        var grown = new LabellingSet(set.Code);
        set.Words.CopyTo(grown.Words, 0);
        for (var x = 0; x < set.Code.Points; x++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (set.Code.Labels == 2)
            {
                FlipPoint(set.Words, grown.Words, x);
            }
            else
            {
                Relabel(set, grown, x);
            }
        }

        return grown;
    }

    private static void FlipPoint(ulong[] source, ulong[] target, int x)
    {
        for (var w = 0; w < source.Length; w++)
        {
            target[w] |=
                x >= 6
                    ? source[w ^ (1 << (x - 6))]
                    : ((source[w] & LowerHalf[x]) << (1 << x)) | ((source[w] >> (1 << x)) & LowerHalf[x]);
        }
    }

    private static void Relabel(LabellingSet source, LabellingSet target, int x)
    {
        var stride = 1L;
        for (var i = 0; i < x; i++)
        {
            stride *= source.Code.Labels;
        }

        foreach (var index in source.Indices())
        {
            var own = index / stride % source.Code.Labels;
            for (var y = 0; y < source.Code.Labels; y++)
            {
                target.Add(index + ((y - own) * stride));
            }
        }
    }
}
