using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// When to give up on certifying an image at a radius. Giving up claims nothing, so any rule is sound; this one estimates from
/// all votes the chance that the cap would still bring acceptance, and gives up when it is small, or small for what it costs.
/// </summary>
internal sealed class Futility
{
    /// <summary>A chance below this is never worth drawing for.</summary>
    public const double LeastChance = 0.01;

    /// <summary>
    /// How a tolerance becomes a price: chance of acceptance per share of the cap still to be drawn. At 14 the loss stays below
    /// the tolerance on the published pA distributions.
    /// </summary>
    private const double PricePerTolerance = 14;

    private readonly long _cap;
    private readonly double _price;
    private readonly double _distance;

    public Futility(long cap, double alpha, double? tolerance)
    {
        _cap = cap;
        _price = PricePerTolerance * (tolerance ?? 0);
        _distance = DirectedBetting.TypicalPrice(alpha);
    }

    /// <summary>Whether to give up.</summary>
    /// <param name="learnedHeads">Selection votes of the class.</param>
    /// <param name="learnedDraws">Selection draws.</param>
    /// <param name="heads">Estimation votes of the class.</param>
    /// <param name="draws">Estimation draws, below the cap.</param>
    /// <param name="target">Probability that the radius needs.</param>
    public bool GivesUp(long learnedHeads, long learnedDraws, long heads, long draws, double target)
    {
        if (target >= 1)
        {
            return true;
        }

        // Seen from p given the votes, the frequency at the cap is normal around the estimate.
        double all = learnedDraws + draws;
        var estimate = (learnedHeads + heads + 0.5) / (all + 1);
        var atTarget = target * (1 - target);
        var variance = Math.Max(atTarget, estimate * (1 - estimate)) * (1 / all - 1.0 / (learnedDraws + _cap));
        var needed = target + Math.Sqrt(2 * _distance * atTarget / _cap);
        var chance = NormalDistribution.UpperTail((needed - estimate) / Math.Sqrt(Math.Max(variance, 1e-300)));
        if (chance < LeastChance)
        {
            return true;
        }

        if (_price == 0)
        {
            return false;
        }

        // Draws until the wealth would cross at the present rate, t·(p − p*)²/(2 p* q*) = distance.
        var drift = estimate - target;
        var crossing = drift <= 0 ? _cap : Math.Min(_cap, 2 * _distance * atTarget / (drift * drift));
        var remaining = Math.Max(1, crossing - draws);
        return chance * _cap < _price * remaining;
    }
}
