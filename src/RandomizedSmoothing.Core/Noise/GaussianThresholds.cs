using System.Runtime.CompilerServices;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// The inverse cdf of the Gaussian rounded to the 1/255 grid, as integers: magnitude m where a uniform 79-bit integer lies in
/// [T(m−1), T(m)), T(m) = 2⁷⁹·P(|N| &lt; (2m+1)/510), N ~ N(0, σ²) (Voráček, Hein 2023); the sign is one more bit.
/// </summary>
internal sealed class GaussianThresholds
{
    /// <summary>Bits of the uniform integer for the magnitude.</summary>
    public const int UniformBits = 79;

    /// <summary>Bits of the prefix that decides most draws alone.</summary>
    public const int PrefixBits = 15;

    private readonly UInt128[] _upper;
    private readonly ulong[] _lows;
    private readonly bool[] _crowded;

    /// <param name="sigma">Standard deviation in [0, 1] pixel units.</param>
    /// <param name="maxMagnitude">Magnitudes above are reported as this one.</param>
    public GaussianThresholds(double sigma, int maxMagnitude)
    {
        MaxMagnitude = maxMagnitude;
        _upper = new UInt128[maxMagnitude + 1];
        for (var magnitude = 0; magnitude < maxMagnitude; magnitude++)
        {
            _upper[magnitude] = Threshold(sigma, magnitude);
        }

        _upper[maxMagnitude] = UInt128.MaxValue;
        _lows = Array.ConvertAll(_upper, threshold => (ulong)threshold);
        _crowded = new bool[_upper.Length];
        ByPrefix = new short[1 << PrefixBits];
        var value = 0;
        for (var prefix = 0; prefix < ByPrefix.Length; prefix++)
        {
            var low = (UInt128)prefix << (UniformBits - PrefixBits);
            var high = (UInt128)(prefix + 1) << (UniformBits - PrefixBits);
            while (_upper[value] <= low)
            {
                value++;
            }

            ByPrefix[prefix] = (short)(_upper[value] >= high ? value : ~value);
            _crowded[value] |= _upper[value] < high && _upper[value + 1] < high;
        }
    }

    /// <summary>The largest magnitude.</summary>
    public int MaxMagnitude { get; }

    /// <summary>The magnitude of each prefix; the complement (~) of its smallest where the prefix holds a threshold.</summary>
    public short[] ByPrefix { get; }

    /// <summary>
    /// Bound on the total variation distance between one coordinate's magnitude and the exact distribution: every threshold is
    /// off by less than 2⁻⁷⁹ (½ by rounding, the rest for double-double error), and each moves mass between two cells.
    /// </summary>
    public static double ErrorOf(int maxMagnitude) => maxMagnitude * Math.ScaleB(1, -UniformBits);

    /// <summary>The magnitude of a 79-bit uniform integer.</summary>
    /// <param name="entry">What <see cref="ByPrefix"/> says of its first 15 bits.</param>
    /// <param name="rest">The other 64 bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Refine(int entry, ulong rest)
    {
        // A prefix holds one threshold, but for the tail: no branch that could be foretold wrongly.
        var undecided = entry >> 31;
        var smallest = entry ^ undecided;
        return _crowded[smallest] && undecided != 0
            ? RefineCrowded(smallest, rest)
            : smallest + (Unsafe.BitCast<bool, byte>(rest >= _lows[smallest]) & undecided);
    }

    /// <summary>The magnitude of any 79-bit uniform integer, by plain search: what the fast ways must equal.</summary>
    public int Find(UInt128 uniform) => Array.FindIndex(_upper, threshold => uniform < threshold);

    /// <summary>The probability of a magnitude as drawn, from the integers themselves.</summary>
    public double Probability(int magnitude)
    {
        var low = magnitude == 0 ? UInt128.Zero : _upper[magnitude - 1];
        var high = magnitude == MaxMagnitude ? UInt128.One << UniformBits : _upper[magnitude];
        return Math.ScaleB((double)(high - low), -UniformBits);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int RefineCrowded(int smallest, ulong rest)
    {
        var uniform = new UInt128((ulong)(_upper[smallest] >> (UniformBits - PrefixBits)), rest);
        var value = smallest;
        while (uniform >= _upper[value])
        {
            value++;
        }

        return value;
    }

    private static UInt128 Threshold(double sigma, int magnitude)
    {
        var x = (2.0 * magnitude + 1) / (DoubleDouble.TwoProduct(sigma, 510));
        var both = x.High > 38 ? 0 : NormalDistribution.UpperTailExact(x).Scale(UniformBits + 1);
        var whole = Math.Floor(both.High);
        var rest = both.High - whole + both.Low;
        return (UInt128.One << UniformBits) - (UInt128)((Int128)whole + (Int128)Math.Round(rest));
    }
}
