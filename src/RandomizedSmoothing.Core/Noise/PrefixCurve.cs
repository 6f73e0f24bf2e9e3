using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// The magnitudes of prefixes by arithmetic in vector registers, several times faster than by a table that no first-level cache
/// holds: cubics of the inverse cdf in 32 pieces, a quarter of an octave of the upper tail each. A value is taken where the curve
/// passes well between two thresholds; how well is found by trying every prefix against the table when it is built, so that what
/// is decided is what the table says, bit by bit, and the rest is left to the table.
/// </summary>
internal sealed class PrefixCurve
{
    private const int Pieces = 32;
    private const int Order = 4;

    // Eight octaves of v; the table decides below, and in the piece that stands for all below, the lowest.
    private const int ShortestTail = 128;

    // Prefix p has v = 32767 − p prefixes beyond it; its middle stands for a tail of (v + ½)/65536.
    private const int Last = (1 << GaussianThresholds.PrefixBits) - 1;

    // What is added to a float below 2²² to leave its rounded integer in the low bits.
    private const float Rounder = 3 << 22;

    private PrefixCurve(Piecewise[] powers, Piecewise limit) => (Powers, Limit) = (powers, limit);

    /// <summary>Whether the processor has the instructions.</summary>
    public static bool IsSupported => Avx512BW.IsSupported;

    /// <summary>Coefficients of t⁰ to t³ in units of 1/255, t in [1, 1.25) from the lower to the upper end of a piece.</summary>
    public Piecewise[] Powers { get; }

    /// <summary>The largest distance from an integer at which the curve is always right.</summary>
    public Piecewise Limit { get; }

    /// <summary>One number for each piece, in two registers.</summary>
    public readonly record struct Piecewise(Vector512<float> Lower, Vector512<float> Upper)
    {
        /// <summary>The numbers of 16 pieces, of whose indices the low 5 bits count.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> At(Vector512<int> pieces) => Avx512F.PermuteVar16x32x2(Lower, pieces, Upper);

        public static Piecewise Of(ReadOnlySpan<float> values) =>
            new(Vector512.Create(values), Vector512.Create(values[Vector512<float>.Count..]));
    }

    /// <summary>Fits the curve at a level and tries it on every prefix.</summary>
    /// <param name="sigma">Standard deviation in [0, 1] pixel units.</param>
    /// <param name="byPrefix">The table: <see cref="GaussianThresholds.ByPrefix"/>.</param>
    public static PrefixCurve Fit(double sigma, ReadOnlySpan<short> byPrefix)
    {
        var powers = Cubics(255 * sigma);
        var limits = new float[Pieces];
        Array.Fill(limits, 0.5f);
        Span<float> distances = stackalloc float[Vector512<float>.Count];
        Span<int> magnitudes = stackalloc int[Vector512<float>.Count];
        for (var first = 0; first < byPrefix.Length; first += Vector512<float>.Count)
        {
            var beyond = Vector512.Create(Last - first) - Vector512<int>.Indices;
            var (rounded, distance, _) = Evaluate(beyond, powers[0], powers[1], powers[2], powers[3]);
            (rounded.AsInt32() & Vector512.Create(0xFFFF)).CopyTo(magnitudes);
            distance.CopyTo(distances);
            for (var i = 0; i < distances.Length && Last - (first + i) > ShortestTail; i++)
            {
                if (magnitudes[i] != byPrefix[first + i])
                {
                    ref var limit = ref limits[PieceOf(Last - (first + i))];
                    limit = Math.Min(limit, MathF.BitDecrement(distances[i]));
                }
            }
        }

        limits[PieceOf(ShortestTail)] = -1;
        return new PrefixCurve(powers, Piecewise.Of(limits));
    }

    /// <summary>
    /// Values of 32 half-words, 2 j + h from half h (0 = low) of word j: the top bit is the sign, the other 15 the prefix.
    /// </summary>
    /// <returns>Values, and all bits of each that is not decided, whose value is its half-word as it was.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<short> Values, Vector512<short> Undecided) Decide(
        Vector512<uint> words,
        Piecewise power0,
        Piecewise power1,
        Piecewise power2,
        Piecewise power3,
        Piecewise limit
    )
    {
        // 32767 less each prefix, in place.
        var halves = words.AsInt16();
        var beyond = Vector512
            .Max(Vector512.AndNot(Vector512.Create(short.MaxValue), halves), Vector512.Create((short)ShortestTail))
            .AsInt32();
        var lowHalves = Vector512.Create(0xFFFF);
        var (even, evenDistance, evenPiece) = Evaluate(beyond & lowHalves, power0, power1, power2, power3);
        var (odd, oddDistance, oddPiece) = Evaluate(beyond >>> 16, power0, power1, power2, power3);
        var evenOpen = Vector512.GreaterThan(evenDistance, limit.At(evenPiece)).AsInt32();
        var oddOpen = Vector512.GreaterThan(oddDistance, limit.At(oddPiece)).AsInt32();
        var open = Vector512.ConditionalSelect(lowHalves, evenOpen, oddOpen).AsInt16();
        var magnitude = Vector512.ConditionalSelect(lowHalves, even, odd << 16).AsInt16();
        var sign = halves >> 15;
        return (Vector512.ConditionalSelect(open, halves, (magnitude ^ sign) - sign), open);
    }

    // The curve of 16 prefixes: as floats whose low bits are the nearest integer; how far from it; the pieces.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<int> Rounded, Vector512<float> Distance, Vector512<int> Piece) Evaluate(
        Vector512<int> beyond,
        Piecewise power0,
        Piecewise power1,
        Piecewise power2,
        Piecewise power3
    )
    {
        var bits = Avx512F.ConvertToVector512Single(beyond).AsInt32();
        var piece = bits >>> 21;
        var t = ((bits & Vector512.Create(0x1FFFFF)) | Vector512.Create(0x3F800000)).AsSingle();
        var x = Avx512F.FusedMultiplyAdd(power3.At(piece), t, power2.At(piece));
        x = Avx512F.FusedMultiplyAdd(x, t, power1.At(piece));
        x = Avx512F.FusedMultiplyAdd(x, t, power0.At(piece));
        var rounder = Vector512.Create(Rounder);
        var rounded = x + rounder;
        return (rounded.AsInt32(), Vector512.Abs(x - (rounded - rounder)), piece);
    }

    private static Piecewise[] Cubics(double scale)
    {
        var values = new float[Order][];
        for (var power = 0; power < Order; power++)
        {
            values[power] = new float[Pieces];
        }

        for (var octave = ShortestTail; octave < Last; octave *= 2)
        {
            for (var quarter = 0; quarter < 4; quarter++)
            {
                var cubic = Interpolate(t =>
                    -scale * NormalDistribution.Quantile((octave * (t + 0.25 * quarter) + 0.5) / (2 * Last + 2))
                );
                for (var power = 0; power < Order; power++)
                {
                    values[power][PieceOf(octave * (1 + 0.25f * quarter))] = (float)cubic[power];
                }
            }
        }

        return Array.ConvertAll(values, numbers => Piecewise.Of(numbers));
    }

    private static int PieceOf(float beyond) => (BitConverter.SingleToInt32Bits(beyond) >> 21) & (Pieces - 1);

    // The cubic through the function's values at the four Chebyshev points of [1, 5/4].
    private static double[] Interpolate(Func<double, double> function)
    {
        var points = new double[Order];
        var differences = new double[Order];
        for (var i = 0; i < Order; i++)
        {
            points[i] = 1.125 + 0.125 * Math.Cos(Math.PI * (2 * i + 1) / (2 * Order));
            differences[i] = function(points[i]);
        }

        for (var order = 1; order < Order; order++)
        {
            for (var i = Order - 1; i >= order; i--)
            {
                differences[i] = (differences[i] - differences[i - 1]) / (points[i] - points[i - order]);
            }
        }

        // Newton's form multiplied out.
        var powers = new double[Order];
        for (var i = Order - 1; i >= 0; i--)
        {
            for (var power = Order - 1; power >= 0; power--)
            {
                powers[power] = (power > 0 ? powers[power - 1] : differences[i]) - points[i] * powers[power];
            }
        }

        return powers;
    }
}
