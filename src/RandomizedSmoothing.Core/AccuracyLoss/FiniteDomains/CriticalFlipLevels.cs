using System.Globalization;
using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>A level at which the feasible sets change, with their sizes just below and just above it.</summary>
/// <param name="Level">The flip probability q, to about 1e-15.</param>
/// <param name="ImageBelow">Smoothed classifiers just below the level.</param>
/// <param name="ImageAbove">Smoothed classifiers just above it.</param>
/// <param name="FixedBelow">Fixed hypotheses just below it.</param>
/// <param name="FixedAbove">Fixed hypotheses just above it.</param>
public sealed record CriticalLevel(
    double Level,
    BigInteger ImageBelow,
    BigInteger ImageAbove,
    BigInteger FixedBelow,
    BigInteger FixedAbove
);

/// <summary>
/// The bit-flip levels in (0, ½) at which smoothing on the hypercube changes what is feasible. By symmetry the vote at a
/// point depends on the number a_k of 1-labelled points at each distance k, as Σ a_k q^k (1−q)^(n−k); feasibility can
/// change only where such a polynomial passes one half.
/// </summary>
public static class CriticalFlipLevels
{
    /// <summary>The largest number of bits for which every level is found.</summary>
    public const int LargestBits = 4;

    /// <summary>
    /// 1 − 2^(−1/n), the level above which a single point no longer keeps its own vote. Below it smoothing loses no
    /// labelling of {0,1}ⁿ, above it some (see <see cref="Dichotomy"/>).
    /// </summary>
    public static double First(int bits)
    {
        var half = Math.Log(2) / bits / 2;
        return 2 * Math.Exp(-half) * Math.Sinh(half);
    }

    /// <summary>Every critical level of two-label hypotheses on {0,1}ⁿ, ascending.</summary>
    /// <param name="bits">1 to <see cref="LargestBits"/>.</param>
    /// <param name="ties">The tie rule; it matters only at a level, not between levels.</param>
    /// <param name="progress">Receives the finished fraction.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static IReadOnlyList<CriticalLevel> All(
        int bits,
        TieRule ties,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (bits is < 1 or > LargestBits)
        {
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"All critical levels are found for 1 to {LargestBits} bits, not for {bits}; the first one is {First(bits):R}."
                )
            );
        }

        var candidates = Candidates(bits);
        var edges = candidates.Prepend(0).Append(0.5).ToArray();
        var critical = new List<CriticalLevel>();
        FeasibleSetAnswer? below = null;
        for (var i = 0; i + 1 < edges.Length; i++)
        {
            var between = ShortFractionBetween(edges[i], edges[i + 1]);
            var above = FeasibleSets.Enumerate(
                new FeasibleSetQuestion(KernelFamilies.HypercubeFlip(bits, between), HypothesisSpace.All(1 << bits, 2))
                {
                    Ties = ties,
                },
                cancellation: cancellation
            );
            if (below is not null && (below.Image != above.Image || below.Fixed != above.Fixed))
            {
                critical.Add(new CriticalLevel(edges[i], below.Image, above.Image, below.Fixed, above.Fixed));
            }

            below = above;
            progress?.Report((i + 1) / (double)(edges.Length - 1));
        }

        return critical;
    }

    /// <summary>The roots in (0, ½) of all Σ a_k q^k (1−q)^(n−k) = ½ with 0 ≤ a_k ≤ C(n, k), ascending and distinct.</summary>
    internal static double[] Candidates(int bits)
    {
        const double same = 1e-12;
        var choose = new int[bits + 1];
        choose[0] = 1;
        for (var k = 1; k <= bits; k++)
        {
            choose[k] = choose[k - 1] * (bits - k + 1) / k;
        }

        var roots = new List<double>();
        var counts = new int[bits + 1];
        for (var more = true; more; )
        {
            var monomial = Monomial(counts);
            monomial[0] -= 0.5;
            roots.AddRange(RootsBetween(monomial, 0, 0.5));
            more = false;
            for (var k = 0; k <= bits && !more; k++)
            {
                counts[k] = (counts[k] + 1) % (choose[k] + 1);
                more = counts[k] != 0;
            }
        }

        roots.Sort();
        return [.. roots.Where((r, i) => r > same && r < 0.5 - same && (i == 0 || r - roots[i - 1] > same))];
    }

    private static double[] Monomial(int[] counts)
    {
        var n = counts.Length - 1;
        var result = new double[n + 1];
        for (var k = 0; k <= n; k++)
        {
            // q^k (1−q)^(n−k) = Σ_j (−1)^j C(n−k, j) q^(k+j)
            var term = (double)counts[k];
            for (var j = 0; j <= n - k; j++)
            {
                result[k + j] += term;
                term = -term * (n - k - j) / (j + 1);
            }
        }

        return result;
    }

    /// <summary>Sign changes of a polynomial: between neighbouring roots of its derivative there is at most one.</summary>
    private static List<double> RootsBetween(double[] polynomial, double from, double to)
    {
        if (polynomial.Length == 1)
        {
            return [];
        }

        var derivative = new double[polynomial.Length - 1];
        for (var k = 1; k < polynomial.Length; k++)
        {
            derivative[k - 1] = k * polynomial[k];
        }

        var roots = new List<double>();
        var left = from;
        foreach (var right in RootsBetween(derivative, from, to).Append(to))
        {
            var (low, high) = (left, right);
            var sign = Math.Sign(Value(polynomial, low));
            if (sign * Math.Sign(Value(polynomial, high)) < 0)
            {
                for (var i = 0; i < 80; i++)
                {
                    var middle = (low + high) / 2;
                    (low, high) = Math.Sign(Value(polynomial, middle)) == sign ? (middle, high) : (low, middle);
                }

                roots.Add((low + high) / 2);
            }

            left = right;
        }

        return roots;
    }

    private static double Value(double[] polynomial, double q)
    {
        var value = 0.0;
        for (var k = polynomial.Length - 1; k >= 0; k--)
        {
            value = (value * q) + polynomial[k];
        }

        return value;
    }

    /// <summary>A decimal fraction well inside the interval with few digits, so that exact weights stay small.</summary>
    private static ExactFraction ShortFractionBetween(double from, double to)
    {
        var middle = (from + to) / 2;
        for (var scale = 10L; ; scale *= 10)
        {
            var rounded = Math.Round(middle * scale) / scale;
            if (rounded - from > (to - from) / 4 && to - rounded > (to - from) / 4)
            {
                return new ExactFraction((BigInteger)Math.Round(middle * scale), scale);
            }
        }
    }
}
