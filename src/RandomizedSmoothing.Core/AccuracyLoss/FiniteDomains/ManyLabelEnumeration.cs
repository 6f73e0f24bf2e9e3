using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// Smooths all Kⁿ hypotheses one by one along a reflected K-ary Gray code: each step moves the weight of one point from
/// one label to a neighbouring one, in the rows that see it.
/// </summary>
internal sealed class ManyLabelEnumeration<T>
    where T : struct, IBinaryInteger<T>
{
    private readonly FeasibleSetQuestion _question;
    private readonly int _points;
    private readonly int _labels;
    private readonly (int Row, T Weight)[][] _columns;
    private readonly T[] _marginVotes;

    public ManyLabelEnumeration(FeasibleSetQuestion question)
    {
        _question = question;
        _points = question.Kernel.Points;
        _labels = question.Space.Labels;
        _columns =
        [
            .. Enumerable
                .Range(0, _points)
                .Select(z =>
                    question
                        .Kernel.Rows.SelectMany(
                            (row, x) =>
                                row.Atoms.Where(a => a.Point == z).Select(a => (x, T.CreateChecked(2 * a.Weight)))
                        )
                        .ToArray()
                ),
        ];
        var margin = question.Margin;
        _marginVotes =
        [
            .. question.Kernel.Rows.Select(row =>
                T.CreateChecked(
                    row.Total + (((2 * row.Total * margin.Numerator) + margin.Denominator - 1) / margin.Denominator)
                )
            ),
        ];
    }

    public void Run(FeasibleTally tally, IProgress<double>? progress, CancellationToken cancellation)
    {
        var fixedPoints = 0;
        var chunks = 1;
        while (fixedPoints < _points - 1 && chunks < 64)
        {
            fixedPoints++;
            chunks *= _labels;
        }

        var done = 0;
        Parallel.For(
            0,
            chunks,
            new ParallelOptions { CancellationToken = cancellation },
            chunk =>
            {
                new Worker(this, tally).Run(chunk, _points - fixedPoints, cancellation);
                progress?.Report(Interlocked.Increment(ref done) / (double)chunks);
            }
        );
    }

    private sealed class Worker(ManyLabelEnumeration<T> plan, FeasibleTally tally)
    {
        private readonly int _points = plan._points;
        private readonly int[] _labelling = new int[plan._points];
        private readonly int[] _output = new int[plan._points];
        private readonly T[] _votes = new T[plan._points * plan._labels];
        private long _fixed;
        private long _feasible;
        private long _agreements;

        /// <summary>All labellings of the first <paramref name="free"/> points; the others are digits of chunk.</summary>
        public void Run(int chunk, int free, CancellationToken cancellation)
        {
            for (var z = free; z < _points; z++)
            {
                (chunk, _labelling[z]) = Math.DivRem(chunk, plan._labels);
            }

            for (var z = 0; z < _points; z++)
            {
                foreach (var (row, weight) in plan._columns[z])
                {
                    _votes[(row * plan._labels) + _labelling[z]] += weight;
                }
            }

            for (var x = 0; x < _points; x++)
            {
                Refresh(x);
            }

            Record();
            var direction = new int[free];
            Array.Fill(direction, 1);
            for (var step = 1L; ; step++)
            {
                if ((step & 0xFFF) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                var z = 0;
                while (z < free && _labelling[z] + direction[z] is var next && (next < 0 || next >= plan._labels))
                {
                    direction[z] = -direction[z];
                    z++;
                }

                if (z == free)
                {
                    break;
                }

                Move(z, _labelling[z] + direction[z]);
                Record();
            }

            tally.Merge(_fixed, _feasible, _agreements);
        }

        private void Move(int z, int label)
        {
            var old = _labelling[z];
            _labelling[z] = label;
            foreach (var (row, weight) in plan._columns[z])
            {
                _votes[(row * plan._labels) + old] -= weight;
                _votes[(row * plan._labels) + label] += weight;
                Refresh(row);
            }

            Refresh(z);
        }

        private void Refresh(int x) => _output[x] = Vote.Decide<T>(Votes(x), _labelling[x], plan._question.Ties);

        private ReadOnlySpan<T> Votes(int x) => _votes.AsSpan(x * plan._labels, plan._labels);

        private void Record()
        {
            var agreements = 0;
            for (var x = 0; x < _points; x++)
            {
                agreements += _output[x] == _labelling[x] ? 1 : 0;
            }

            _agreements += agreements;
            _fixed += agreements == _points ? 1 : 0;
            tally.Image.Add(_output);
            var selected = tally.Reading switch
            {
                FeasibleReading.Stable => agreements == _points,
                FeasibleReading.Margin => IsDecisive(),
                FeasibleReading.VersionSpace => plan._question.Examples.All(e => _output[e.Point] == e.Label),
                _ => false,
            };
            if (selected)
            {
                _feasible++;
                tally.Selected.Add(_output);
            }
        }

        private bool IsDecisive()
        {
            for (var x = 0; x < _points; x++)
            {
                var best = T.Zero;
                foreach (var vote in Votes(x))
                {
                    best = T.Max(best, vote);
                }

                if (best < plan._marginVotes[x])
                {
                    return false;
                }
            }

            return true;
        }
    }
}
