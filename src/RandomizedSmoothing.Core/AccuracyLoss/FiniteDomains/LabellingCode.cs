namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// Packs labellings of n points with K labels. A complete labelling has an index in [0, Kⁿ), point x being digit x in
/// base K. Any labelling, abstentions included, has a 128-bit key of ⌈log₂(K+1)⌉ bit planes of n bits each, where an
/// abstention is stored as the value K.
/// </summary>
public sealed class LabellingCode
{
    private readonly int _planes;

    /// <exception cref="UserErrorException">The key would not fit in 128 bits.</exception>
    public LabellingCode(int points, int labels)
    {
        Points = points;
        Labels = labels;
        while ((1 << _planes) < labels + 1)
        {
            _planes++;
        }

        if (!Fits(points, labels))
        {
            throw new UserErrorException(
                $"A labelling of {points} points with {labels} labels needs {_planes * (long)points} bits, but single labellings are followed up to 128 bits. Use fewer points or labels."
            );
        }
    }

    public int Points { get; }

    public int Labels { get; }

    /// <summary>Whether keys of this shape exist.</summary>
    public static bool Fits(int points, int labels)
    {
        var planes = 0;
        while ((1 << planes) < labels + 1)
        {
            planes++;
        }

        return (long)planes * points <= 128;
    }

    /// <summary>The key of a labelling; <see cref="Vote.Abstain"/> is allowed.</summary>
    public UInt128 Key(ReadOnlySpan<int> labelling)
    {
        UInt128 key = 0;
        for (var x = 0; x < Points; x++)
        {
            var value = labelling[x] == Vote.Abstain ? Labels : labelling[x];
            for (var plane = 0; plane < _planes; plane++)
            {
                if (((value >> plane) & 1) != 0)
                {
                    key |= UInt128.One << ((plane * Points) + x);
                }
            }
        }

        return key;
    }

    /// <summary>The labelling of a key.</summary>
    public void Unpack(UInt128 key, Span<int> labelling)
    {
        for (var x = 0; x < Points; x++)
        {
            var value = 0;
            for (var plane = 0; plane < _planes; plane++)
            {
                value |= (int)((key >> ((plane * Points) + x)) & 1) << plane;
            }

            labelling[x] = value == Labels ? Vote.Abstain : value;
        }
    }

    /// <summary>The index of a complete labelling, or −1 when a point abstains.</summary>
    public long Index(ReadOnlySpan<int> labelling)
    {
        var index = 0L;
        for (var x = Points - 1; x >= 0; x--)
        {
            if (labelling[x] == Vote.Abstain)
            {
                return -1;
            }

            index = (index * Labels) + labelling[x];
        }

        return index;
    }

    /// <summary>The complete labelling of an index.</summary>
    public void FromIndex(long index, Span<int> labelling)
    {
        for (var x = 0; x < Points; x++)
        {
            (index, var digit) = Math.DivRem(index, Labels);
            labelling[x] = (int)digit;
        }
    }
}
