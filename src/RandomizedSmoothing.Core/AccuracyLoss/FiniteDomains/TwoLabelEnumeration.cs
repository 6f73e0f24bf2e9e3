using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// Smooths all 2ⁿ two-label hypotheses, 64 at a time. The labels of the first six points run over the lanes of a word;
/// those of the others follow a Gray code, so that each step touches only the rows that see the flipped point.
/// </summary>
internal sealed class TwoLabelEnumeration<T>
    where T : struct, IBinaryInteger<T>
{
    private const int LaneBits = 6;
    private static readonly ulong[] LowPoint =
    [
        0xAAAAAAAAAAAAAAAA,
        0xCCCCCCCCCCCCCCCC,
        0xF0F0F0F0F0F0F0F0,
        0xFF00FF00FF00FF00,
        0xFFFF0000FFFF0000,
        0xFFFFFFFF00000000,
    ];

    private readonly FeasibleSetQuestion _question;
    private readonly int _points;
    private readonly int _low;
    private readonly int _high;
    private readonly LaneVotes<T>[] _rows;
    private readonly (int Row, T Weight)[][] _columns;
    private readonly ulong _lanes;

    public TwoLabelEnumeration(FeasibleSetQuestion question)
    {
        _question = question;
        _points = question.Kernel.Points;
        _low = Math.Min(LaneBits, _points);
        _high = _points - _low;
        _lanes = _low == LaneBits ? ulong.MaxValue : (1UL << (1 << _low)) - 1;
        _rows = [.. question.Kernel.Rows.Select(r => new LaneVotes<T>(r, _low, question.Margin))];
        var columns = new List<(int Row, T Weight)>[_high];
        for (var z = 0; z < _high; z++)
        {
            columns[z] = [];
        }

        for (var x = 0; x < _points; x++)
        {
            foreach (var atom in question.Kernel.Rows[x].Atoms.Where(a => a.Point >= _low))
            {
                columns[atom.Point - _low].Add((x, T.CreateChecked(2 * atom.Weight)));
            }
        }

        _columns = [.. columns.Select(c => c.ToArray())];
    }

    public void Run(FeasibleTally tally, IProgress<double>? progress, CancellationToken cancellation)
    {
        var chunkBits = Math.Min(_high, 8);
        var done = 0;
        Parallel.For(
            0,
            1 << chunkBits,
            new ParallelOptions { CancellationToken = cancellation },
            chunk =>
            {
                new Worker(this, tally).Run((long)chunk << (_high - chunkBits), _high - chunkBits, cancellation);
                progress?.Report(Interlocked.Increment(ref done) / (double)(1 << chunkBits));
            }
        );
    }

    private sealed class Worker(TwoLabelEnumeration<T> plan, FeasibleTally tally)
    {
        private readonly int _points = plan._points;
        private readonly T[] _common = new T[plan._points];
        private readonly ulong[] _ones = new ulong[plan._points];
        private readonly ulong[] _abstains = new ulong[plan._points];
        private readonly ulong[] _agrees = new ulong[plan._points];
        private readonly ulong[] _decisive = new ulong[plan._points];
        private readonly ulong[] _codes = new ulong[64];
        private readonly ulong[] _abstainCodes = new ulong[64];
        private long _high;
        private long _fixed;
        private long _feasible;
        private long _agreements;

        /// <summary>All assignments of the lowest <paramref name="freeBits"/> common points; the others as in start.</summary>
        public void Run(long start, int freeBits, CancellationToken cancellation)
        {
            _high = start;
            for (var z = 0; z < plan._high; z++)
            {
                if (((start >> z) & 1) != 0)
                {
                    foreach (var (row, weight) in plan._columns[z])
                    {
                        _common[row] += weight;
                    }
                }
            }

            for (var x = 0; x < _points; x++)
            {
                Refresh(x);
            }

            Record();
            for (var step = 1L; step < 1L << freeBits; step++)
            {
                if ((step & 0xFFF) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                Flip(BitOperations.TrailingZeroCount(step));
                Record();
            }

            tally.Merge(_fixed, _feasible, _agreements);
        }

        private void Flip(int z)
        {
            _high ^= 1L << z;
            var set = ((_high >> z) & 1) != 0;
            foreach (var (row, weight) in plan._columns[z])
            {
                _common[row] = set ? _common[row] + weight : _common[row] - weight;
                Refresh(row);
            }

            Refresh(z + plan._low);
        }

        private ulong Own(int x) =>
            x < plan._low ? LowPoint[x]
            : ((_high >> (x - plan._low)) & 1) != 0 ? ulong.MaxValue
            : 0;

        private void Refresh(int x)
        {
            var own = Own(x);
            var ones = plan._rows[x].Majority(_common[x], out var ties);
            _abstains[x] = plan._question.Ties == TieRule.Abstain ? ties : 0;
            _ones[x] = plan._question.Ties == TieRule.Keep ? ones | (ties & own) : ones;
            _agrees[x] = ~(_ones[x] ^ own) & ~_abstains[x] & plan._lanes;
            if (tally.Reading == FeasibleReading.Margin)
            {
                _decisive[x] = plan._rows[x].Decisive(_common[x]);
            }
        }

        private void Record()
        {
            var stable = plan._lanes;
            var partial = 0UL;
            for (var x = 0; x < _points; x++)
            {
                stable &= _agrees[x];
                partial |= _abstains[x];
                _agreements += BitOperations.PopCount(_agrees[x]);
            }

            _fixed += BitOperations.PopCount(stable);
            Transpose(_ones, _codes);
            if ((partial & plan._lanes) != 0)
            {
                Transpose(_abstains, _abstainCodes);
            }

            AddOutputs(tally.Image, plan._lanes, partial);
            switch (tally.Reading)
            {
                case FeasibleReading.Stable:
                    for (var left = stable; left != 0; left &= left - 1)
                    {
                        tally.Selected.Add((_high << plan._low) | (uint)BitOperations.TrailingZeroCount(left));
                    }

                    break;
                case FeasibleReading.Margin:
                    AddOutputs(tally.Selected, _decisive.Aggregate(plan._lanes, (all, mask) => all & mask), partial);
                    break;
                case FeasibleReading.VersionSpace:
                    var fits = plan._lanes;
                    foreach (var (point, label) in plan._question.Examples)
                    {
                        fits &= (label == 1 ? _ones[point] : ~_ones[point]) & ~_abstains[point];
                    }

                    _feasible += BitOperations.PopCount(fits);
                    AddOutputs(tally.Selected, fits, partial);
                    break;
            }
        }

        private void AddOutputs(LabellingSet set, ulong lanes, ulong partial)
        {
            for (var left = lanes & ~partial; left != 0; left &= left - 1)
            {
                set.Add((long)_codes[BitOperations.TrailingZeroCount(left)]);
            }

            for (var left = lanes & partial; left != 0; left &= left - 1)
            {
                var lane = BitOperations.TrailingZeroCount(left);
                set.AddPartial(_codes[lane] | ((UInt128)_abstainCodes[lane] << _points));
            }
        }

        /// <summary>Bit x of code b becomes bit b of word x (Warren, Hacker's Delight, section 7-3).</summary>
        private static void Transpose(ulong[] words, ulong[] codes)
        {
            Array.Clear(codes);
            Array.Copy(words, codes, words.Length);
            var mask = 0x00000000FFFFFFFFUL;
            for (var j = 32; j != 0; j >>= 1, mask ^= mask << j)
            {
                for (var k = 0; k < 64; k = (k + j + 1) & ~j)
                {
                    var swap = ((codes[k] >> j) ^ codes[k + j]) & mask;
                    codes[k + j] ^= swap;
                    codes[k] ^= swap << j;
                }
            }
        }
    }
}
