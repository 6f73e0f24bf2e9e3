using System.Globalization;
using System.Numerics;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// The least p_A at which discrete noise certifies r changed coordinates, exactly (Lee, Yuan, Chang, Jaakkola 2019, "Tight
/// certificates of adversarial robustness for randomly smoothed classifiers"). A coordinate keeps its value with probability a and
/// takes each of K others with b = (1−a)/K. Only the changed coordinates matter, and of them only how many (s) equal x and how many
/// (t) equal x′: sorted by their likelihood ratio (a/b)^(s−t), cells are filled until x′ has given ½; what x has given by then is
/// the threshold. Rationals in O(r²), independent of the dimension.
/// </summary>
public sealed class DiscreteThresholds
{
    // A complement below this is beyond any vote.
    private const double Least = 1e-18;

    /// <summary>No more changed coordinates than this are ever certified.</summary>
    public const int MostChanged = 1024;

    private readonly BigInteger _keep;
    private readonly BigInteger _move;
    private readonly BigInteger _whole;
    private readonly int _others;
    private readonly List<double> _complements = [];
    private readonly Lock _lock = new();

    /// <param name="keep">a, in (0, 1), a decimal: exact.</param>
    /// <param name="others">K, at least 1.</param>
    public DiscreteThresholds(decimal keep, int others)
    {
        // a = keep/whole and b = move/whole in integers.
        var scale = BigInteger.One;
        while (keep != Math.Floor(keep))
        {
            keep *= 10;
            scale *= 10;
        }

        _others = others;
        _keep = (BigInteger)keep * others;
        _move = scale - (BigInteger)keep;
        _whole = scale * others;
    }

    /// <summary>The largest r whose threshold is at most 1 − <paramref name="complement"/>; −1 where even 0 is not.</summary>
    /// <param name="complement">1 − p_A, rounded up.</param>
    /// <param name="most">No answer above this.</param>
    public int LargestRadius(double complement, int most)
    {
        if (complement > 0.5)
        {
            return -1;
        }

        var radius = 0;
        while (radius < Math.Min(most, MostChanged) && Complement(radius + 1) >= Math.Max(complement, Least))
        {
            radius++;
        }

        return radius;
    }

    /// <summary>1 less the threshold for r changed coordinates, rounded down.</summary>
    public double Complement(int r)
    {
        lock (_lock)
        {
            while (_complements.Count <= r)
            {
                var (numerator, denominator) = Exact(_complements.Count);
                _complements.Add(DivideDown(denominator - numerator, denominator));
            }

            return _complements[r];
        }
    }

    /// <summary>The threshold for r changed coordinates, rounded up.</summary>
    public double Threshold(int r)
    {
        var (numerator, denominator) = Exact(r);
        var rounded = DivideDown(numerator, denominator);
        return (BigInteger)Math.ScaleB(rounded, 80) * denominator == numerator << 80
            ? rounded
            : Math.BitIncrement(rounded);
    }

    /// <summary>The threshold for r changed coordinates as a decimal, cut off.</summary>
    public string Digits(int r, int decimals)
    {
        var (numerator, denominator) = Exact(r);
        var scaled = numerator * BigInteger.Pow(10, decimals) / denominator;
        var text = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return $"{text[..^decimals]}.{text[^decimals..]}";
    }

    /// <summary>The threshold for r changed coordinates as a fraction.</summary>
    public (BigInteger Numerator, BigInteger Denominator) Exact(int r)
    {
        // Twice every mass, so that one half is an integer.
        var whole = BigInteger.Pow(_whole, r);
        BigInteger givenByX = 0;
        BigInteger givenByOther = 0;
        for (var excess = r; ; excess--)
        {
            var (x, other) = Cells(r, excess);
            if (2 * (givenByOther + other) >= whole)
            {
                // The last group is taken in part: (½ − given)/other of it.
                var denominator = 2 * whole * other;
                return (2 * givenByX * other + (whole - 2 * givenByOther) * x, denominator);
            }

            givenByX += x;
            givenByOther += other;
        }
    }

    // Masses under x and x' of all cells with s − t = excess, over whole^r.
    private (BigInteger X, BigInteger Other) Cells(int r, int excess)
    {
        BigInteger x = 0;
        BigInteger other = 0;
        for (var s = Math.Max(0, excess); s <= r; s++)
        {
            var t = s - excess;
            if (t < 0 || s + t > r)
            {
                continue;
            }

            var ways = Choose(r, s) * Choose(r - s, t) * BigInteger.Pow(_others - 1, r - s - t);
            x += ways * BigInteger.Pow(_keep, s) * BigInteger.Pow(_move, r - s);
            other += ways * BigInteger.Pow(_keep, t) * BigInteger.Pow(_move, r - t);
        }

        return (x, other);
    }

    private static BigInteger Choose(int n, int k)
    {
        BigInteger result = 1;
        for (var i = 1; i <= k; i++)
        {
            result = result * (n - k + i) / i;
        }

        return result;
    }

    // 62 bits of the quotient, cut off.
    private static double DivideDown(BigInteger numerator, BigInteger denominator)
    {
        if (numerator.IsZero)
        {
            return 0;
        }

        var shift = 62 - (int)(numerator.GetBitLength() - denominator.GetBitLength());
        var quotient = shift >= 0 ? (numerator << shift) / denominator : numerator / (denominator << -shift);
        var rounded = (double)(ulong)quotient;
        return Math.ScaleB(rounded > (ulong)quotient ? Math.BitDecrement(rounded) : rounded, -shift);
    }
}
