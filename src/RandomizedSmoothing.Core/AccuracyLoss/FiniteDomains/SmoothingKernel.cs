using System.Collections.Immutable;
using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>One point a noisy input can land on, with its integer weight (probability = weight / row total).</summary>
public readonly record struct KernelAtom(int Point, BigInteger Weight);

/// <summary>The distribution of the noisy version of one point, as integer weights over a common denominator.</summary>
/// <param name="Atoms">Distinct points of positive weight, in ascending order.</param>
/// <param name="Total">The sum of the weights, positive.</param>
public sealed record KernelRow(ImmutableArray<KernelAtom> Atoms, BigInteger Total)
{
    /// <summary>The row with the given probabilities, brought to the least common denominator.</summary>
    /// <exception cref="ArgumentException">A probability is negative or all are zero.</exception>
    public static KernelRow FromProbabilities(IEnumerable<(int Point, ExactFraction Probability)> probabilities)
    {
        var positive = probabilities.Where(p => !p.Probability.Numerator.IsZero).OrderBy(p => p.Point).ToList();
        if (positive.Count == 0 || positive.Any(p => p.Probability.Numerator.Sign < 0))
        {
            throw new ArgumentException("A row needs non-negative probabilities that are not all zero.");
        }

        var denominator = positive.Aggregate(
            BigInteger.One,
            (d, p) => d / BigInteger.GreatestCommonDivisor(d, p.Probability.Denominator) * p.Probability.Denominator
        );
        return Reduce(
            positive.Select(p => new KernelAtom(
                p.Point,
                p.Probability.Numerator * (denominator / p.Probability.Denominator)
            ))
        );
    }

    /// <summary>Equal probability on each of the distinct points.</summary>
    public static KernelRow Uniform(IEnumerable<int> points)
    {
        var atoms = points.Order().Select(p => new KernelAtom(p, BigInteger.One)).ToImmutableArray();
        return new KernelRow(atoms, atoms.Length);
    }

    /// <summary>The probability of landing on the point.</summary>
    public ExactFraction Probability(int point)
    {
        foreach (var atom in Atoms)
        {
            if (atom.Point == point)
            {
                return new ExactFraction(atom.Weight, Total);
            }
        }

        return ExactFraction.Zero;
    }

    private static KernelRow Reduce(IEnumerable<KernelAtom> atoms)
    {
        var list = atoms.ToList();
        var divisor = list.Aggregate(BigInteger.Zero, (d, a) => BigInteger.GreatestCommonDivisor(d, a.Weight));
        var reduced = list.Select(a => a with { Weight = a.Weight / divisor }).ToImmutableArray();
        return new KernelRow(reduced, reduced.Aggregate(BigInteger.Zero, (t, a) => t + a.Weight));
    }
}

/// <summary>
/// A Markov kernel on a finite domain: row x is the law of the noisy version of x. Weights are exact, so a vote of one
/// half is recognised as the tie it is.
/// </summary>
public sealed class SmoothingKernel
{
    /// <param name="name">Shown in reports, for example <c>cycle n=8 r=1</c>.</param>
    /// <param name="rows">One row per point; every atom names a point of the domain.</param>
    /// <exception cref="ArgumentException">There are no rows, or an atom lies outside the domain.</exception>
    public SmoothingKernel(string name, IEnumerable<KernelRow> rows)
    {
        Name = name;
        Rows = [.. rows];
        if (Rows.Length == 0 || Rows.Any(r => r.Atoms.Any(a => a.Point < 0 || a.Point >= Rows.Length)))
        {
            throw new ArgumentException("A kernel needs at least one row, and atoms inside its own domain.");
        }
    }

    public string Name { get; }

    public ImmutableArray<KernelRow> Rows { get; }

    /// <summary>The number of points |X|.</summary>
    public int Points => Rows.Length;

    /// <summary>
    /// The smoothed labelling (S h)(x) = argmax_y N(x)(h⁻¹(y)), computed literally. The fast enumerations are checked
    /// against it.
    /// </summary>
    /// <param name="labelling">One label per point, in [0, labels).</param>
    /// <param name="labels">The number of labels K, at least two.</param>
    /// <param name="ties">What a tie of the largest votes means.</param>
    /// <returns>One label per point, or <see cref="Vote.Abstain"/>.</returns>
    public int[] Smooth(ReadOnlySpan<int> labelling, int labels, TieRule ties)
    {
        var smoothed = new int[Points];
        var votes = new BigInteger[labels];
        for (var x = 0; x < Points; x++)
        {
            Array.Clear(votes);
            foreach (var atom in Rows[x].Atoms)
            {
                votes[labelling[atom.Point]] += atom.Weight;
            }

            smoothed[x] = Vote.Decide<BigInteger>(votes, labelling[x], ties);
        }

        return smoothed;
    }
}
