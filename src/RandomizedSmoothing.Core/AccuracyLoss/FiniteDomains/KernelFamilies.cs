using System.Globalization;
using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>How far apart two cells of a grid are.</summary>
public enum GridMetric
{
    /// <summary>Sum of the row and column distances: the window is a diamond.</summary>
    Manhattan,

    /// <summary>Maximum of the row and column distances: the window is a square.</summary>
    Chebyshev,
}

/// <summary>
/// The standard finite noise models. All but the bit flip are the ball model: uniform on the points within distance r,
/// so smoothing is the majority filter; at a border the ball is cut off there.
/// </summary>
public static class KernelFamilies
{
    /// <summary>Points 0..n−1 on a circle; a radius of n/2 or more covers all of them.</summary>
    public static SmoothingKernel Cycle(int points, int radius)
    {
        CheckBall(points, radius);
        return Ball(
            string.Create(CultureInfo.InvariantCulture, $"cycle n={points} r={radius}"),
            points,
            (x, z) => Math.Min(Math.Abs(x - z), points - Math.Abs(x - z)) <= radius
        );
    }

    /// <summary>Points 0..n−1 on a line.</summary>
    public static SmoothingKernel Path(int points, int radius)
    {
        CheckBall(points, radius);
        return Ball(
            string.Create(CultureInfo.InvariantCulture, $"path n={points} r={radius}"),
            points,
            (x, z) => Math.Abs(x - z) <= radius
        );
    }

    /// <summary>Cells of a grid, numbered row by row.</summary>
    public static SmoothingKernel Grid(int width, int height, int radius, GridMetric metric)
    {
        CheckBall(Math.Min(width, height), radius);
        return Ball(
            string.Create(CultureInfo.InvariantCulture, $"grid {width}x{height} r={radius} {metric}"),
            checked(width * height),
            (x, z) =>
            {
                var columns = Math.Abs((x % width) - (z % width));
                var rows = Math.Abs((x / width) - (z / width));
                return (metric == GridMetric.Manhattan ? columns + rows : Math.Max(columns, rows)) <= radius;
            }
        );
    }

    /// <summary>Bit strings of n bits; noise flips each bit with probability q, independently.</summary>
    /// <param name="bits">1 to 10.</param>
    /// <param name="flip">q in [0, 1].</param>
    public static SmoothingKernel HypercubeFlip(int bits, ExactFraction flip)
    {
        CheckBits(bits);
        if (flip < ExactFraction.Zero || flip > ExactFraction.One)
        {
            throw new UserErrorException(
                $"The flip probability is {flip}, but it must lie in [0, 1]. Give for example 0.25."
            );
        }

        var byDistance = new BigInteger[bits + 1];
        for (var k = 0; k <= bits; k++)
        {
            byDistance[k] =
                BigInteger.Pow(flip.Numerator, k) * BigInteger.Pow(flip.Denominator - flip.Numerator, bits - k);
        }

        var total = BigInteger.Pow(flip.Denominator, bits);
        var rows = Enumerable
            .Range(0, 1 << bits)
            .Select(x => new KernelRow(
                [
                    .. Enumerable
                        .Range(0, 1 << bits)
                        .Select(z => new KernelAtom(z, byDistance[BitOperations.PopCount((uint)(x ^ z))]))
                        .Where(a => !a.Weight.IsZero),
                ],
                total
            ));
        return new SmoothingKernel($"hypercube n={bits} q={flip}", rows);
    }

    /// <summary>Bit strings of n bits; noise is uniform on those that differ in at most r bits.</summary>
    public static SmoothingKernel HypercubeBall(int bits, int radius)
    {
        CheckBits(bits);
        CheckBall(bits, radius);
        return Ball(
            string.Create(CultureInfo.InvariantCulture, $"hypercube n={bits} r={radius}"),
            1 << bits,
            (x, z) => BitOperations.PopCount((uint)(x ^ z)) <= radius
        );
    }

    /// <summary>Noise that acts with probability t and leaves the point alone otherwise: (1−t)·identity + t·kernel.</summary>
    /// <param name="kernel">The noise at t = 1.</param>
    /// <param name="probability">t in [0, 1].</param>
    public static SmoothingKernel Diluted(SmoothingKernel kernel, ExactFraction probability)
    {
        if (probability < ExactFraction.Zero || probability > ExactFraction.One)
        {
            throw new UserErrorException($"The noise acts with probability {probability}, but it must lie in [0, 1].");
        }

        if (probability == ExactFraction.One)
        {
            return kernel;
        }

        var rest = ExactFraction.One - probability;
        return new SmoothingKernel(
            $"{kernel.Name} t={probability}",
            kernel.Rows.Select(
                (row, x) =>
                    KernelRow.FromProbabilities(
                        row.Atoms.Where(a => a.Point != x)
                            .Select(a => (a.Point, probability * new ExactFraction(a.Weight, row.Total)))
                            .Append((x, rest + (probability * row.Probability(x))))
                    )
            )
        );
    }

    private static SmoothingKernel Ball(string name, int points, Func<int, int, bool> within)
    {
        var rows = Enumerable
            .Range(0, points)
            .Select(x => KernelRow.Uniform(Enumerable.Range(0, points).Where(z => within(x, z))));
        return new SmoothingKernel(name, rows);
    }

    private static void CheckBall(int points, int radius)
    {
        if (points < 1 || radius < 0)
        {
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The domain has size {points} and the radius is {radius}, but a size of at least 1 and a radius of at least 0 are needed."
                )
            );
        }
    }

    private static void CheckBits(int bits)
    {
        if (bits is < 1 or > 10)
        {
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The hypercube has {bits} bits, but 1 to 10 are possible: its kernel has 4^bits entries."
                )
            );
        }
    }
}
