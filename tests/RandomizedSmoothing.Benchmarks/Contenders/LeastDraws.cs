using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>
/// The fewest draws per image with which any sequential plan could stay within a tolerance of the fixed plan at each of the
/// highest radii, if it were told the probabilities of the very images, without which belongs to which, and spent α to the last
/// bit: a bound that says how much of the gap to a target is left to close.
/// </summary>
/// <remarks>
/// Weak duality: the least of E[draws] + Σ λⱼ·(loss at radius j) + Σ μⱼ·P(claimed, p at the threshold of j), less the tolerances and
/// αs, over all plans is a lower bound for every λ, μ ≥ 0, and is solved by backward induction over (draws, errors); the multipliers
/// are searched for. Its own plan meets all constraints within about a hundredth at the end, so that the bound is nearly attained.
/// </remarks>
internal sealed class LeastDraws
{
    private const int Levels = 3;
    private const double Growth = 0.03;
    private const int Rounds = 36;

    // Images further from the highest radii than this are not solved for, but charged what they are said to cost.
    private const double MostErrors = 0.06;

    private readonly int _cap;
    private readonly double _alpha;
    private readonly double _tolerance;
    private readonly int _images;
    private readonly List<(double Q, double Images, double Right)> _groups;
    private readonly double[] _thresholds;
    private readonly double[] _fixed = new double[Levels];
    private readonly double[] _logFactorial;
    private readonly List<int> _looks = [];
    private readonly Pmf[][] _steps;
    private readonly (double Error, double Vote)[] _logs;
    private readonly byte[][] _claims;
    private readonly double[] _lambda = [.. Enumerable.Repeat(5e5, Levels)];
    private readonly double[] _mu = [.. Enumerable.Repeat(5e5, Levels)];
    private readonly double[] _loss = new double[Levels];
    private readonly double[] _size = new double[Levels];

    private LeastDraws(
        IReadOnlyList<SimulatedVoter> near,
        IReadOnlyList<double> targets,
        int cap,
        double alpha,
        double tolerance,
        int images
    )
    {
        (_cap, _alpha, _tolerance, _images) = (cap, alpha, tolerance, images);
        _groups =
        [
            .. near.GroupBy(v => 1 - v.TopProbability)
                .OrderBy(g => g.Key)
                .Select(g => (g.Key, (double)g.Count(), (double)g.Count(v => v.Correct))),
        ];
        _thresholds = [.. targets.Select(t => 1 - t)];
        _logFactorial = new double[cap + 1];
        for (var n = 1; n <= cap; n++)
        {
            _logFactorial[n] = _logFactorial[n - 1] + Math.Log(n);
        }

        for (var look = 64; look < cap; look += Math.Max(32, (int)(Growth * look)))
        {
            _looks.Add(look);
        }

        _looks.Add(cap);
        var all = _groups.Select(g => g.Q).Concat(_thresholds).ToArray();
        _steps = [.. _looks.Zip(_looks.Skip(1), (now, next) => Array.ConvertAll(all, q => Draws(next - now, q)))];
        _logs = Array.ConvertAll(all, q => (Math.Log(q), Math.Log(1 - q)));
        _claims = [.. _looks.Select(look => new byte[MostCounted(look) + 1])];
        for (var j = 0; j < Levels; j++)
        {
            var most = MostErrorsOfFixed(_thresholds[j]);
            _fixed[j] = _groups.Where(g => g.Q < _thresholds[j]).Sum(g => g.Right * Draws(cap, g.Q).UpTo(most));
        }
    }

    /// <summary>The bound, in draws per image.</summary>
    /// <param name="voters">The images.</param>
    /// <param name="plan">A plan with at least three radii.</param>
    /// <param name="targets">The probabilities that its three highest radii need, ascending.</param>
    /// <param name="tolerance">What may be lost at each, in (0, 1).</param>
    /// <param name="chargeOf">Draws that images far from those radii cost.</param>
    public static double PerImage(
        IReadOnlyList<SimulatedVoter> voters,
        CertificationPlan plan,
        IReadOnlyList<double> targets,
        double tolerance,
        Func<SimulatedVoter, double> chargeOf
    )
    {
        var near = voters.Where(v => 1 - v.TopProbability <= MostErrors).ToList();
        var charged = voters.Where(v => 1 - v.TopProbability > MostErrors).Sum(chargeOf);
        var solved = new LeastDraws(near, targets, (int)plan.N, plan.Alpha, tolerance, voters.Count).Solve();
        return (solved + charged + near.Count * plan.N0) / voters.Count;
    }

    // Draws of all solved images together.
    private double Solve()
    {
        var best = 0.0;
        var step = 2.0;
        for (var round = 0; round < Rounds; round++)
        {
            Decide();
            var bound = Follow();
            for (var j = 0; j < Levels; j++)
            {
                bound += _lambda[j] * (_loss[j] - _tolerance * _images) + _mu[j] * _images * (_size[j] - _alpha);
                _lambda[j] *= _loss[j] > _tolerance * _images ? step : 1 / step;
                _mu[j] *= Math.Pow(Math.Max(1e-3, _size[j] / _alpha), 0.6);
            }

            best = Math.Max(best, bound);
            step = round > 4 ? Math.Max(1.02, Math.Pow(step, 0.9)) : step;
        }

        return best;
    }

    // Backward induction: in each state the number of claims to stop with plus one, or 0 to go on.
    private void Decide()
    {
        double[] later = [];
        for (var t = _looks.Count - 1; t >= 0; t--)
        {
            var (n, value) = (_looks[t], new double[_claims[t].Length]);
            var next = later;
            var look = t;
            Parallel.For(0, value.Length, k => value[k] = Value(look, n, k, next));
            later = value;
        }
    }

    private double Value(int t, int n, int k, double[] later)
    {
        Span<double> weights = stackalloc double[_groups.Count];
        var largest = double.NegativeInfinity;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = LogLikelihood(i, n, k);
            largest = Math.Max(largest, weights[i]);
        }

        double mass = 0;
        Span<double> right = stackalloc double[Levels];
        right.Clear();
        for (var i = 0; i < weights.Length; i++)
        {
            var likelihood = Math.Exp(weights[i] - largest);
            weights[i] = _groups[i].Images * likelihood;
            mass += weights[i];
            for (var j = 0; j < Levels; j++)
            {
                right[j] += _groups[i].Q < _thresholds[j] ? _groups[i].Right * likelihood : 0;
            }
        }

        var (stop, claims, sum) = (0.0, 0, 0.0);
        for (var j = 0; j < Levels; j++)
        {
            var atThreshold = Math.Exp(Math.Min(600, LogLikelihood(weights.Length + j, n, k) - largest));
            sum += (_mu[j] * _images * atThreshold - _lambda[j] * right[j]) / mass;
            (stop, claims) = sum < stop ? (sum, j + 1) : (stop, claims);
        }

        _claims[t][k] = (byte)(1 + claims);
        if (t == _looks.Count - 1)
        {
            return stop;
        }

        double go = _looks[t + 1] - n;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 1e-9 * mass)
            {
                go += weights[i] / mass * _steps[t][i].Mean(later, k);
            }
        }

        if (go < stop)
        {
            _claims[t][k] = 0;
        }

        return Math.Min(go, stop);
    }

    // Of one order of k errors in n draws, for a group or, behind them, a threshold.
    private double LogLikelihood(int of, int n, int k) => k * _logs[of].Error + (n - k) * _logs[of].Vote;

    // What the decided plan costs and does: draws of all solved images, losses, and claims at each threshold.
    private double Follow()
    {
        _fixed.CopyTo(_loss, 0);
        double draws = 0;
        for (var s = 0; s < _groups.Count + Levels; s++)
        {
            var group = s < _groups.Count ? _groups[s] : (Q: _thresholds[s - _groups.Count], Images: 0, Right: 0);
            var alive = new double[MostCounted(_looks[0]) + 1];
            Draws(_looks[0], group.Q).AddTo(alive, 0, 1);
            double mean = _looks[0];
            var claimed = new double[Levels];
            for (var t = 0; t < _looks.Count; t++)
            {
                var next = new double[t + 1 < _looks.Count ? MostCounted(_looks[t + 1]) + 1 : 0];
                double going = 0;
                for (var k = 0; k < alive.Length; k++)
                {
                    if (alive[k] < 1e-14)
                    {
                        continue;
                    }

                    for (var j = 0; j < _claims[t][k] - 1; j++)
                    {
                        claimed[j] += alive[k];
                    }

                    if (_claims[t][k] == 0)
                    {
                        going += alive[k];
                        _steps[t][s].AddTo(next, k, alive[k]);
                    }
                }

                mean += t + 1 < _looks.Count ? going * (_looks[t + 1] - _looks[t]) : 0;
                alive = next;
            }

            draws += group.Images * mean;
            for (var j = 0; j < Levels; j++)
            {
                _loss[j] -= group.Q < _thresholds[j] ? group.Right * claimed[j] : 0;
                _size[j] = s == _groups.Count + j ? claimed[j] : _size[j];
            }
        }

        return draws;
    }

    private static int MostCounted(int draws)
    {
        var mean = draws * (MostErrors + 0.01);
        return Math.Min(draws, (int)(mean + 6 * Math.Sqrt(mean) + 12));
    }

    private int MostErrorsOfFixed(double threshold)
    {
        var (certified, open) = (-1, (int)(threshold * _cap));
        while (open - certified > 1)
        {
            var middle = (open + certified) / 2;
            var certifies = BinomialBounds.LowerBound(_cap - middle, _cap, _alpha).Value > 1 - threshold;
            (certified, open) = certifies ? (middle, open) : (certified, middle);
        }

        return certified;
    }

    private Pmf Draws(int n, double q)
    {
        var (mean, error) = (n * q, Math.Sqrt(n * q + 1));
        var first = Math.Max(0, (int)(mean - 6.5 * error - 3));
        var last = Math.Min(n, (int)(mean + 6.5 * error + 8));
        var values = new double[last - first + 1];
        for (var k = first; k <= last; k++)
        {
            values[k - first] = Math.Exp(
                _logFactorial[n] - _logFactorial[k] - _logFactorial[n - k] + k * Math.Log(q) + (n - k) * Math.Log(1 - q)
            );
        }

        return new Pmf(first, values);
    }

    // Probabilities of first, first + 1, … errors; what lies outside is nothing.
    private sealed record Pmf(int First, double[] Values)
    {
        public double UpTo(int last) => Values.Take(Math.Max(0, last - First + 1)).Sum();

        public double Mean(double[] of, int shift)
        {
            double sum = 0;
            var end = Math.Min(Values.Length, of.Length - shift - First);
            for (var i = 0; i < end; i++)
            {
                sum += Values[i] * of[shift + First + i];
            }

            return sum;
        }

        public void AddTo(double[] target, int shift, double weight)
        {
            var end = Math.Min(Values.Length, target.Length - shift - First);
            for (var i = 0; i < end; i++)
            {
                target[shift + First + i] += weight * Values[i];
            }
        }
    }
}
