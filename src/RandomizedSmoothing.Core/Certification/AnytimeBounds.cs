using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// The anytime-valid bounds of one image, one-sided: one for the selected class, scaled by its selection votes, and with the
/// two-class certificate one for each other class.
/// </summary>
internal sealed class AnytimeBounds
{
    private readonly AnytimeLowerBound _top;
    private readonly DirectedBetting? _others;
    private readonly BettingConfidenceSequence _interval;
    private readonly long _heads;
    private readonly long _otherHeads;
    private readonly long _draws;

    /// <param name="shares">How α is spent.</param>
    /// <param name="selection">Selection votes, which shape the bets and are no evidence.</param>
    /// <param name="selected">The class that they selected.</param>
    /// <param name="estimation">Votes of the contiguous prefix so far.</param>
    public AnytimeBounds(AlphaShares shares, VoteCounts selection, int selected, VoteCounts estimation)
    {
        _interval = new BettingConfidenceSequence(shares.Top, selection[selected], selection.Total);
        _heads = estimation[selected];
        _draws = estimation.Total;
        _top = new AnytimeLowerBound(shares.Top, selection[selected], selection.Total);
        var other = estimation.RunnerUpTo(selected);
        if (shares.EachOther > 0 && other >= 0)
        {
            // The bound is the complement of a lower bound on every other answer. With the same bets for each class, the bound
            // of the largest count is the largest bound.
            _others = new DirectedBetting(shares.EachOther);
            _otherHeads = estimation[other];
        }
    }

    private AnytimeBounds(AnytimeBounds now, long more)
    {
        (_top, _others, _interval) = (now._top, now._others, now._interval);
        (_heads, _otherHeads, _draws) = (now._heads + more, now._otherHeads, now._draws + more);
    }

    /// <summary>Lower bound of the selected class's probability.</summary>
    public ProbabilityBound Lower() => _draws == 0 ? ProbabilityBound.Zero : _top.Lower(_heads, _draws);

    /// <summary>The largest credible probability of the selected class: for stopping, never for a claim.</summary>
    public double UpperEstimate() => _draws == 0 ? 1 : _interval.Upper(_heads, _draws).Value;

    /// <summary>Upper bound of every other class's probability; what the selected class leaves, where that is less.</summary>
    public ProbabilityBound? OtherUpper(ProbabilityBound lower)
    {
        if (_others is null || _draws == 0)
        {
            return null;
        }

        var rest = _others.Lower(_draws - _otherHeads, _draws);
        var upper = new ProbabilityBound(rest.Complement, rest.Value);
        return upper.Value <= lower.Complement ? upper : new ProbabilityBound(lower.Complement, lower.Value);
    }

    /// <summary>Whether the selected class's probability is certainly above the target.</summary>
    public bool Reaches(double target) => target < 1 && _top.Exceeds(_heads, _draws, target);

    /// <summary>
    /// The bounds if every draw from now to the cap were a vote for the selected class: what no continuation can exceed, because
    /// wealth grows with each such vote.
    /// </summary>
    public AnytimeBounds AtBest(long cap) => new(this, Math.Max(0, cap - _draws));
}
