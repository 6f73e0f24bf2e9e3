using System.Collections.Immutable;
using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// When all labellings are hypotheses, smoothing either permutes them or strictly loses some, and one set of points
/// decides which. Let Z hold the points on which no noisy input lands with probability one half or more. If Z is empty,
/// every point owns the vote somewhere and the number of classifiers is unchanged; otherwise a hypothesis that differs
/// from a constant at one point of Z only is smoothed to that constant, so at least K(K−1)|Z| classifiers are lost.
/// An atom of exactly one half ties with everything else and leaves the question to the tie rule.
/// </summary>
/// <param name="Points">|X|.</param>
/// <param name="Labels">K.</param>
/// <param name="Witnesses">Z, ascending.</param>
/// <param name="HasHalfAtom">Whether some probability is exactly one half: then the statement makes no promise.</param>
public sealed record Dichotomy(int Points, int Labels, ImmutableArray<int> Witnesses, bool HasHalfAtom)
{
    /// <summary>Whether smoothing loses classifiers; null when an atom is exactly one half.</summary>
    public bool? Shrinks => HasHalfAtom ? null : !Witnesses.IsEmpty;

    /// <summary>
    /// Kⁿ − K(K−1)|Z|, which the number of smoothed classifiers never exceeds. It holds with atoms of one half as well:
    /// the points of Z have none.
    /// </summary>
    public BigInteger ImageBound =>
        BigInteger.Pow(Labels, Points) - ((BigInteger)Labels * (Labels - 1) * Witnesses.Length);

    public static Dichotomy Of(SmoothingKernel kernel, int labels)
    {
        var largest = new ExactFraction[kernel.Points];
        var half = false;
        foreach (var row in kernel.Rows)
        {
            foreach (var atom in row.Atoms)
            {
                var probability = new ExactFraction(atom.Weight, row.Total);
                half |= probability == ExactFraction.Half;
                largest[atom.Point] = probability > largest[atom.Point] ? probability : largest[atom.Point];
            }
        }

        return new Dichotomy(
            kernel.Points,
            labels,
            [.. Enumerable.Range(0, kernel.Points).Where(z => largest[z] < ExactFraction.Half)],
            half
        );
    }
}
