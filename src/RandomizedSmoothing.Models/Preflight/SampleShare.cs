using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Models.Preflight;

/// <summary>How many of a sample were classified as their label says.</summary>
/// <param name="Right">Those.</param>
/// <param name="Of">All of them, at least 1.</param>
public readonly record struct SampleShare(int Right, int Of)
{
    /// <summary>The share.</summary>
    public double Value => (double)Right / Of;

    /// <summary>The interval of Clopper and Pearson at 95 %.</summary>
    public (double Lower, double Upper) Interval =>
        (BinomialBounds.Lower(Right, Of, 0.025), BinomialBounds.Upper(Right, Of, 0.025));

    /// <summary>
    /// Whether a classifier that guesses among so many classes might do as well, and the sample lies nearer to that than to none wrong:
    /// two of two are no reason to worry.
    /// </summary>
    public bool IsNearChance(int classes) =>
        BinomialBounds.Lower(Right, Of, 0.01) <= 1.0 / classes && Value <= 0.5 * (1 + 1.0 / classes);
}
