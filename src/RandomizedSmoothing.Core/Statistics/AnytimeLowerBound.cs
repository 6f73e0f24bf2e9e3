namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// A lower bound of a probability that holds at every number of draws at once: bets at any number, and at exactly
/// <see cref="PlannedDraws"/> draws the Clopper-Pearson bound where that is higher.
/// </summary>
/// <remarks>
/// Bets pay for every number at which one might stop. Images close to a threshold are drawn to the end, where a count that was
/// planned sees further: it shows an excess of 3.3 standard errors at α = .001, the bets one of 4.2, the fixed plan one of 3.1.
/// The two share α (union bound). The planned number is a constant, never fitted to a cap, and its share is kept for it whether
/// or not it is reached: the bound stays true whoever raises a cap, whenever, after whatever they saw.
/// </remarks>
public sealed class AnytimeLowerBound
{
    /// <summary>The number of draws that published certificates use.</summary>
    public const long PlannedDraws = 100_000;

    /// <summary>Share of α that is kept for the count at <see cref="PlannedDraws"/>.</summary>
    public const double PlannedShare = 0.5;

    private readonly DirectedBetting _bets;
    private readonly double _planned;

    /// <param name="alpha">Failure probability of the bound, in (0, 1).</param>
    /// <param name="learnedHeads">Heads among earlier draws that only set the scale of the bets, such as selection votes.</param>
    /// <param name="learnedDraws">Number of those draws; they are no evidence.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public AnytimeLowerBound(double alpha, long learnedHeads = 0, long learnedDraws = 0)
    {
        _bets = new DirectedBetting(BetsOf(alpha), learnedHeads, learnedDraws);
        _planned = PlannedShare * alpha;
    }

    /// <summary>Whether the probability is certainly above the target.</summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    /// <param name="target">In [0, 1].</param>
    public bool Exceeds(long heads, long draws, double target) =>
        _bets.Exceeds(heads, draws, target) || (draws == PlannedDraws && Planned(heads).Value > target);

    /// <summary>The lower bound, rounded down.</summary>
    /// <param name="heads">0 ≤ heads ≤ draws.</param>
    /// <param name="draws">Draws so far.</param>
    public ProbabilityBound Lower(long heads, long draws)
    {
        var bets = _bets.Lower(heads, draws);
        if (draws != PlannedDraws)
        {
            return bets;
        }

        var planned = Planned(heads);
        return planned.Value > bets.Value ? planned : bets;
    }

    /// <summary>
    /// About the excess of the frequency over a target, in standard errors at the target, that is shown at
    /// <paramref name="draws"/> draws: for planning only.
    /// </summary>
    internal static double TypicalExcess(double alpha, long draws)
    {
        var bets = Math.Sqrt(2 * DirectedBetting.TypicalPrice(BetsOf(alpha)));
        return draws == PlannedDraws
            ? Math.Min(bets, NormalDistribution.QuantileFromComplement(PlannedShare * alpha))
            : bets;
    }

    private static double BetsOf(double alpha) => (1 - PlannedShare) * alpha;

    private ProbabilityBound Planned(long heads) => BinomialBounds.LowerBound(heads, PlannedDraws, _planned);
}
