using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// When to give up on certifying an image at a radius. Giving up claims nothing, so any rule is sound; this one estimates from
/// all votes the chance that the cap would still bring acceptance, and gives up when it is small, or small for what it costs.
/// </summary>
/// <remarks>
/// With a tolerance, an image at a radius is worth a number of draws, and giving up is a problem of optimal stopping. Where it
/// is best is taken to be where the chance is c·(u/s)^¾·(1 − u), u being the share of the cap already drawn and s the standard
/// error of the radius at the cap, in standard deviations of the noise: close to what dynamic programming over a Brownian motion
/// with unknown drift gives, with exponents fitted by simulation. Early, a further look is cheap and the chance may be small;
/// late, little is left to be spent. The larger s, the more images lie too close to tell and the less may be given up of each,
/// because the tolerance holds at each radius by itself.
/// </remarks>
internal sealed class Futility
{
    /// <summary>Without a tolerance, a chance below this is not worth drawing for.</summary>
    public const double LeastChance = 0.01;

    /// <summary>
    /// How a tolerance becomes a price: a goal, and met unless very many images lie close to a radius. With 4 the largest loss at six
    /// radii up to 3σ is .002 to .004 on seven published distributions of p_A for a tolerance of .005, and .006 to .009 on MNIST at
    /// σ = .5.
    /// </summary>
    private const double PricePerTolerance = 4;

    private readonly long _cap;
    private readonly double? _tolerance;
    private readonly double _excess;

    public Futility(long cap, double alpha, double? tolerance)
    {
        _cap = cap;
        _tolerance = tolerance;
        _excess = AnytimeLowerBound.TypicalExcess(alpha, cap);
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
        var error = Math.Sqrt(atTarget / _cap);
        var variance = Math.Max(atTarget, estimate * (1 - estimate)) * (1 / all - 1.0 / (learnedDraws + _cap));
        var chance = NormalDistribution.UpperTail(
            (target + _excess * error - estimate) / Math.Sqrt(Math.Max(variance, 1e-300))
        );
        return chance < (_tolerance is { } tolerance ? Price(tolerance, target, error, draws) : LeastChance);
    }

    // The error of the radius in standard deviations of the noise, R = σ Φ⁻¹(p): dp/φ(Φ⁻¹(p)).
    private double Price(double tolerance, double target, double error, long draws)
    {
        var radiusError = error / NormalDistribution.Density(NormalDistribution.Quantile(target));
        var drawn = (double)draws / _cap;
        var root = Math.Sqrt(drawn / radiusError);
        return PricePerTolerance * tolerance * root * Math.Sqrt(root) * (1 - drawn);
    }
}
