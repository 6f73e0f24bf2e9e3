using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// The vote of one row for 64 labellings at once. Lane b of a word is the labelling whose first (at most six) points
/// are the bits of b; the other points are common to all lanes. The vote for label 1 of lane b is then a common part
/// plus one of at most 64 sums, so a comparison with a threshold is a binary search in the sorted sums.
/// All weights are doubled, so that one half of the total is an integer.
/// </summary>
internal sealed class LaneVotes<T>
    where T : struct, IBinaryInteger<T>
{
    private readonly T[] _sums;
    private readonly ulong[] _from;
    private readonly T _total;
    private readonly T _marginVotes;
    private readonly bool _hasMargin;

    public LaneVotes(KernelRow row, int lowPoints, ExactFraction margin)
    {
        var weights = new BigInteger[lowPoints];
        foreach (var atom in row.Atoms.Where(a => a.Point < lowPoints))
        {
            weights[atom.Point] = 2 * atom.Weight;
        }

        var lanes = Enumerable
            .Range(0, 1 << lowPoints)
            .GroupBy(lane =>
                Enumerable
                    .Range(0, lowPoints)
                    .Where(b => ((lane >> b) & 1) != 0)
                    .Aggregate(BigInteger.Zero, (sum, b) => sum + weights[b])
            )
            .OrderBy(g => g.Key)
            .Select(g => (Sum: g.Key, Mask: g.Aggregate(0UL, (mask, lane) => mask | (1UL << lane))))
            .ToArray();
        _sums = [.. lanes.Select(l => T.CreateChecked(l.Sum))];
        _from = new ulong[lanes.Length + 1];
        for (var i = lanes.Length - 1; i >= 0; i--)
        {
            _from[i] = _from[i + 1] | lanes[i].Mask;
        }

        _total = T.CreateChecked(row.Total);
        _hasMargin = !margin.Numerator.IsZero;

        // Least doubled vote v with v ≥ 2·total·(½ + γ) = total + 2·total·γ, rounded up.
        var extra = 2 * row.Total * margin.Numerator;
        _marginVotes = T.CreateChecked(row.Total + ((extra + margin.Denominator - 1) / margin.Denominator));
    }

    /// <summary>Compares the vote for label 1 with one half in every lane.</summary>
    /// <param name="common">The doubled weight of the common points labelled 1.</param>
    /// <param name="ties">Lanes where both labels get exactly one half.</param>
    /// <returns>Lanes where label 1 gets more than one half.</returns>
    public ulong Majority(T common, out ulong ties)
    {
        var atLeast = FirstAtLeast(_total - common);
        var above = atLeast < _sums.Length && _sums[atLeast] == _total - common ? atLeast + 1 : atLeast;
        ties = _from[atLeast] & ~_from[above];
        return _from[above];
    }

    /// <summary>Lanes where the winning vote is at least ½ + γ.</summary>
    public ulong Decisive(T common)
    {
        if (!_hasMargin)
        {
            return ulong.MaxValue;
        }

        // Label 0 gets 2·total − v ≥ marginVotes, that is v < 2·total − marginVotes + 1.
        var one = _from[FirstAtLeast(_marginVotes - common)];
        var zero = ~_from[FirstAtLeast(_total + _total - _marginVotes + T.One - common)];
        return one | zero;
    }

    private int FirstAtLeast(T threshold)
    {
        var low = 0;
        var high = _sums.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_sums[middle] >= threshold)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
