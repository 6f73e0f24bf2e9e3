namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// A one-sided confidence sequence by betting that a probability is above a target, for certificates, which claim nothing else.
/// </summary>
/// <remarks>
/// <para>The wealth against p is a mixture of bets at fixed odds ratios θ &gt; 1: W(p) = Σ w·θ^h/(1 + p(θ−1))^t for h heads in t draws.
/// If p is the truth each term is a martingale with mean 1, so W ever reaches 1/α with probability at most α (Ville). Each term
/// falls with p: rejecting a target rejects every smaller p, the truth included, so any number of targets is tested at once
/// without sharing α.</para>
/// <para>A bet at θ does best where t ≈ 2 ln(1/α)·p(1−p)⁻¹/ln²θ draws decide. The ratios cover 16 to 262,144 draws by factors of
/// four, with most weight where the draws are spent: the price of not knowing t is ln 1/w, about one, where the bettor of
/// Krichevsky and Trofimov pays ½ ln t. Votes that select the class set p(1−p) before the first draw that counts, and which of two
/// sets of weights. Horizons and weights are constants, never fitted to a cap, so that more draws may follow later.</para>
/// </remarks>
public sealed class DirectedBetting
{
    private static readonly double[] Horizons = [16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144];

    // Where earlier draws were split, most is drawn about a threshold; where they were unanimous, most of what is drawn is to
    // show that an almost certain class is certain enough, which the boldest bets show first.
    private static readonly double[] Split = [1, 1, 2, 2, 4, 8, 16, 8];
    private static readonly double[] Unanimous = [40, 5, 30, 30, 8, 6, 3, 1];

    // Bolder bets stake all but a billionth of a billionth on heads, to the same effect, and cost digits.
    private const double BoldestLogOdds = 32;

    // Each log of a term is lowered by this share of its parts, more than their rounding: wealth is never over-stated.
    private const double Rounding = 4e-15;

    private readonly double _logThreshold;
    private readonly double[] _logOdds = new double[Horizons.Length];
    private readonly double[] _logWeights;

    /// <param name="alpha">Failure probability, in (0, 1).</param>
    /// <param name="learnedHeads">Heads among earlier draws that only set the scale of the bets, such as selection votes.</param>
    /// <param name="learnedDraws">Number of those draws; they are no evidence.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public DirectedBetting(double alpha, long learnedHeads = 0, long learnedDraws = 0)
    {
        if (!(alpha is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(alpha),
                alpha,
                "A failure probability lies strictly between 0 and 1."
            );
        }

        ArgumentOutOfRangeException.ThrowIfNegative(learnedHeads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(learnedHeads, learnedDraws);
        _logThreshold = -Math.Log(alpha);
        var estimate = (learnedHeads + 0.5) / (learnedDraws + 1);
        var weights = learnedDraws > 0 && learnedHeads == learnedDraws ? Unanimous : Split;
        var sum = weights.Sum();
        _logWeights = Array.ConvertAll(weights, weight => Math.Log(weight / sum));
        var scale = Math.Sqrt(2 * _logThreshold / (estimate * (1 - estimate)));
        for (var k = 0; k < _logOdds.Length; k++)
        {
            _logOdds[k] = Math.Min(BoldestLogOdds, scale / Math.Sqrt(Horizons[k]));
        }
    }

    /// <summary>
    /// About what t·KL(h/t, p) must reach before a target is rejected, at draws within the horizons: for planning only.
    /// </summary>
    internal static double TypicalPrice(double alpha) => 1.2 - Math.Log(alpha);

    /// <summary>ln W, rounded down.</summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    /// <param name="p">The probability that the bets are against, in [0, 1].</param>
    public double LogWealth(long heads, long draws, double p) => Evaluate(heads, draws, p, 1 - p).LogWealth;

    /// <summary>Whether the probability is certainly above the target.</summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    /// <param name="target">In [0, 1].</param>
    public bool Exceeds(long heads, long draws, double target) =>
        draws > 0 && LogWealth(heads, draws, target) > _logThreshold * (1 + Rounding);

    /// <summary>The lower bound: the largest p that is rejected with all below it, rounded down.</summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    public ProbabilityBound Lower(long heads, long draws)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heads, draws);
        if (!Exceeds(heads, draws, 0))
        {
            return ProbabilityBound.Zero;
        }

        // ln W is convex and falls with p: Newton's steps from the left stay to the left, where p is rejected.
        if (2 * heads <= draws)
        {
            var p = Approach(heads, draws, Start(heads, draws, bySuccess: true), bySuccess: true);
            return new ProbabilityBound(p, Math.BitIncrement(1 - p));
        }

        var q = Approach(heads, draws, Start(heads, draws, bySuccess: false), bySuccess: false);
        return new ProbabilityBound(Math.Max(0, Math.BitDecrement(1 - q)), q);
    }

    // What one of the bets rejects by itself, the mixture rejects: close to the root, and in closed form.
    private double Start(long heads, long draws, bool bySuccess)
    {
        var best = bySuccess ? 0.0 : 1.0;
        for (var k = 0; k < _logOdds.Length; k++)
        {
            var spare = _logWeights[k] - _logThreshold;
            if (bySuccess)
            {
                // ln(1 + p(θ−1)) = (h ln θ + spare)/t
                var paid = (heads * _logOdds[k] + spare) / draws;
                best = Math.Max(best, SmallArguments.ExpMinusOne(paid) / SmallArguments.ExpMinusOne(_logOdds[k]));
            }
            else
            {
                // −ln(1 − q(1−1/θ)) = ((t−h) ln θ − spare)/t
                var lost = ((draws - heads) * _logOdds[k] - spare) / draws;
                best = Math.Min(best, SmallArguments.ExpMinusOne(-lost) / SmallArguments.ExpMinusOne(-_logOdds[k]));
            }
        }

        return best;
    }

    private double Approach(long heads, long draws, double start, bool bySuccess)
    {
        var value = start;
        for (var iteration = 0; iteration < 200; iteration++)
        {
            var (excess, slope) = ExcessAt(heads, draws, value, bySuccess);
            var step = excess / slope;
            if (excess <= 0 || Math.Abs(step) <= 1e-14 * value)
            {
                break;
            }

            value = bySuccess ? value + step : value - step;
        }

        // The last step may have crossed by its rounding: back off until what is claimed is rejected.
        for (var back = 1e-14; ExcessAt(heads, draws, value, bySuccess).Excess <= 0; back *= 2)
        {
            value = bySuccess ? value * (1 - back) : Math.Min(1, value * (1 + back));
        }

        return value;
    }

    private (double Excess, double Slope) ExcessAt(long heads, long draws, double value, bool bySuccess)
    {
        var (log, slope) = bySuccess
            ? Evaluate(heads, draws, value, 1 - value)
            : Evaluate(heads, draws, 1 - value, value);
        return (log - _logThreshold * (1 + 2 * Rounding), slope);
    }

    // ln W and −d ln W/dp. Written by the smaller of p and q: 1 + p(θ−1) = θ(1 − q(1 − 1/θ)).
    private (double LogWealth, double Slope) Evaluate(long heads, long draws, double p, double q)
    {
        if (!(p is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability lies in [0, 1].");
        }

        Span<double> terms = stackalloc double[Horizons.Length];
        Span<double> slopes = stackalloc double[Horizons.Length];
        var largest = double.NegativeInfinity;
        for (var k = 0; k < terms.Length; k++)
        {
            double won;
            double paid;
            if (p <= q)
            {
                var gain = SmallArguments.ExpMinusOne(_logOdds[k]);
                won = heads * _logOdds[k];
                paid = draws * SmallArguments.LogOnePlus(p * gain);
                slopes[k] = draws * gain / (1 + p * gain);
            }
            else
            {
                var loss = SmallArguments.ExpMinusOne(-_logOdds[k]);
                won = -draws * SmallArguments.LogOnePlus(q * loss);
                paid = (draws - heads) * _logOdds[k];
                slopes[k] = -draws * loss / (1 + q * loss);
            }

            terms[k] = _logWeights[k] + won - paid - Rounding * (1 + won + paid);
            largest = Math.Max(largest, terms[k]);
        }

        double sum = 0;
        double slope = 0;
        for (var k = 0; k < terms.Length; k++)
        {
            var share = Math.Exp(terms[k] - largest);
            sum += share;
            slope += share * slopes[k];
        }

        return (largest + Math.Log(sum) - Rounding, slope / sum);
    }
}
