using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>What a tie between the largest votes means.</summary>
public enum TieRule
{
    /// <summary>The smoothed classifier gives no label at that point.</summary>
    Abstain,

    /// <summary>The base label h(x) stays when it is among the tied ones, otherwise the lowest tied label wins.</summary>
    Keep,

    /// <summary>The lowest tied label wins.</summary>
    Lowest,
}

/// <summary>The decision at one point.</summary>
public static class Vote
{
    /// <summary>The mark of a point where the smoothed classifier gives no label.</summary>
    public const int Abstain = -1;

    /// <summary>The label with the largest vote, ties by rule.</summary>
    /// <param name="votes">One weight per label.</param>
    /// <param name="own">The base label h(x).</param>
    /// <param name="ties">The declared tie rule.</param>
    /// <returns>A label, or <see cref="Abstain"/>.</returns>
    public static int Decide<T>(ReadOnlySpan<T> votes, int own, TieRule ties)
        where T : struct, IBinaryInteger<T>
    {
        var best = 0;
        var tied = false;
        for (var y = 1; y < votes.Length; y++)
        {
            var order = votes[y].CompareTo(votes[best]);
            if (order > 0)
            {
                best = y;
                tied = false;
            }
            else if (order == 0)
            {
                tied = true;
            }
        }

        return ties switch
        {
            _ when !tied => best,
            TieRule.Abstain => Abstain,
            TieRule.Keep when votes[own] == votes[best] => own,
            _ => best,
        };
    }
}
