namespace RandomizedSmoothing.Core.Statistics;

/// <summary>What a sequence of draws says about a probability and a target.</summary>
public enum BettingDecision
{
    /// <summary>The target is still credible.</summary>
    Undecided,

    /// <summary>The probability is above the target.</summary>
    Above,

    /// <summary>The probability is below the target.</summary>
    Below,
}

/// <summary>
/// A confidence sequence by betting: the set of p against which <see cref="BettingWealth"/> stays below 1/α. It contains the true
/// probability at all times together with probability 1 − α, so looks are free, any number of targets may be tested without
/// sharing α, and drawing may go on later. It depends on heads and draws only, so merged counts suffice.
/// Source: Ville (1939); Voráček (2024), "Treatment of statistical estimation problems in randomized smoothing".
/// </summary>
public sealed class BettingConfidenceSequence
{
    // ln W carries an error of a few 10⁻¹⁶ of its terms; claims keep this far from the boundary.
    private const double Guard = 1e-11;

    private readonly double _logThreshold;
    private readonly long _learnedHeads;
    private readonly long _learnedDraws;

    /// <param name="alpha">Failure probability, in (0, 1).</param>
    /// <param name="learnedHeads">Heads among earlier draws that only shape the bets, such as selection votes.</param>
    /// <param name="learnedDraws">Number of those draws; they are no evidence.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public BettingConfidenceSequence(double alpha, long learnedHeads = 0, long learnedDraws = 0)
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
        Alpha = alpha;
        _logThreshold = -Math.Log(alpha);
        _learnedHeads = learnedHeads;
        _learnedDraws = learnedDraws;
    }

    /// <summary>Failure probability.</summary>
    public double Alpha { get; }

    /// <summary>ln of the wealth against <paramref name="target"/>.</summary>
    public double LogWealth(long heads, long draws, double target) => LogWealth(heads, draws, target, 1 - target);

    /// <summary>
    /// Whether the target is rejected, and to which side. W is least at p = heads/draws and grows away from it, so rejecting a
    /// target rejects everything beyond it, too.
    /// </summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    /// <param name="target">In [0, 1].</param>
    public BettingDecision Decide(long heads, long draws, double target)
    {
        if (draws == 0 || LogWealth(heads, draws, target) < _logThreshold + Guard)
        {
            return BettingDecision.Undecided;
        }

        return heads > target * draws ? BettingDecision.Above : BettingDecision.Below;
    }

    /// <summary>The lower end of the sequence, rounded down.</summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    public ProbabilityBound Lower(long heads, long draws)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(heads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(heads, draws);
        if (heads == 0)
        {
            return ProbabilityBound.Zero;
        }

        // The unknown is the smaller side, so that its relative precision is what is kept.
        var small = 2 * heads <= draws ? BelowFrequency(heads, draws) : AboveFailures(heads, draws);
        if (2 * heads <= draws)
        {
            return new ProbabilityBound(small, Math.BitIncrement(1 - small));
        }

        return new ProbabilityBound(Math.Max(0, Math.BitDecrement(1 - small)), small);
    }

    /// <summary>The upper end of the sequence, rounded up.</summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    public ProbabilityBound Upper(long heads, long draws)
    {
        var mirrored = new BettingConfidenceSequence(Alpha, _learnedDraws - _learnedHeads, _learnedDraws);
        var lower = mirrored.Lower(draws - heads, draws);
        return new ProbabilityBound(lower.Complement, lower.Value);
    }

    /// <summary>The least number of heads among <paramref name="draws"/> that decides "above"; null where none does.</summary>
    public long? MinimumHeadsAbove(long draws, double target)
    {
        if (Decide(draws, draws, target) != BettingDecision.Above)
        {
            return null;
        }

        var (no, yes) = (-1L, draws);
        while (yes - no > 1)
        {
            var middle = no + (yes - no) / 2;
            (no, yes) = Decide(middle, draws, target) == BettingDecision.Above ? (no, middle) : (middle, yes);
        }

        return yes;
    }

    /// <summary>The largest number of heads among <paramref name="draws"/> that decides "below"; null where none does.</summary>
    public long? MaximumHeadsBelow(long draws, double target)
    {
        var mirrored = new BettingConfidenceSequence(Alpha, _learnedDraws - _learnedHeads, _learnedDraws);
        return draws - mirrored.MinimumHeadsAbove(draws, 1 - target);
    }

    private double LogWealth(long heads, long draws, double p, double q) =>
        BettingWealth.LogWealthAfter(_learnedHeads, _learnedDraws, heads, draws, p, q);

    // The root p below heads/draws. ln W is convex in p and falls towards the frequency, so Newton's steps from the left stay
    // to the left: every iterate is rejected, which is the safe side.
    private double BelowFrequency(long heads, long draws)
    {
        var p = (double)heads / draws;
        do
        {
            p *= 0.5;
        } while (Excess(heads, draws, p, 1 - p) < 0);

        return Climb(
            p,
            value => (Excess(heads, draws, value, 1 - value), -(heads - draws * value) / (value * (1 - value)))
        );
    }

    // The root q = 1 − p above tails/draws, from the right by the same argument.
    private double AboveFailures(long heads, long draws)
    {
        var tails = draws - heads;
        var gap = 1 - (double)tails / draws;
        double q;
        do
        {
            gap *= 0.5;
            q = 1 - gap;
        } while (Excess(heads, draws, 1 - q, q) < 0);

        return Climb(
            q,
            value => (Excess(heads, draws, 1 - value, value), (draws * value - tails) / (value * (1 - value)))
        );
    }

    private static double Climb(double start, Func<double, (double Excess, double Slope)> function)
    {
        var value = start;
        for (var iteration = 0; iteration < 200; iteration++)
        {
            var (excess, slope) = function(value);
            var next = value - excess / slope;
            if (excess <= 0 || !double.IsFinite(next) || Math.Abs(next - value) <= 1e-14 * value)
            {
                break;
            }

            value = next;
        }

        return value;
    }

    // Twice the guard, so that what the rounding of the last step takes still leaves the claim beyond the boundary.
    private double Excess(long heads, long draws, double p, double q) =>
        LogWealth(heads, draws, p, q) - _logThreshold - 2 * Guard;
}
