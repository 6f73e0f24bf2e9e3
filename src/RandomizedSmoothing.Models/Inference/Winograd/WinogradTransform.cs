using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>
/// The transforms of F(4, 3), which gives four neighbouring outputs of a kernel of three from six products instead of twelve
/// (Winograd 1980; Lavin, Gray 2016): applied to rows and columns, sixteen outputs of a 3 × 3 kernel from 36 products instead of
/// 144. Points 0, ±√½, ±√2, ∞: each with its reciprocal, so that no factor is larger than 2√2 and rounding stays small.
/// </summary>
internal static unsafe class WinogradTransform
{
    /// <summary>Outputs of a tile, in either direction.</summary>
    public const int Outputs = 4;

    /// <summary>Inputs of a tile, in either direction, and products.</summary>
    public const int Inputs = 6;

    /// <summary>Floats of a vector.</summary>
    public const int Lanes = 16;

    /// <summary>√½.</summary>
    public const double Small = 0.70710678118654752440;

    /// <summary>√2.</summary>
    public const double Large = 1.41421356237309504880;
    private static readonly double[][] Kernels =
    [
        [1, 0, 0],
        [-2 / 3.0, -2 * Small / 3, -1 / 3.0],
        [-2 / 3.0, 2 * Small / 3, -1 / 3.0],
        [1 / 6.0, Large / 6, 1 / 3.0],
        [1 / 6.0, -Large / 6, 1 / 3.0],
        [0, 0, 1],
    ];

    /// <summary>G g Gᵀ: what the 36 products of a tile take from a kernel.</summary>
    /// <param name="kernel">3 × 3.</param>
    /// <param name="products">6 × 6.</param>
    public static void Kernel(ReadOnlySpan<float> kernel, Span<float> products)
    {
        Span<double> columns = stackalloc double[Inputs * 3];
        for (var i = 0; i < Inputs; i++)
        {
            for (var x = 0; x < 3; x++)
            {
                columns[3 * i + x] = Dot(Kernels[i], kernel[x], kernel[3 + x], kernel[6 + x]);
            }

            for (var j = 0; j < Inputs; j++)
            {
                products[Inputs * i + j] = (float)Dot(
                    Kernels[j],
                    columns[3 * i],
                    columns[3 * i + 1],
                    columns[3 * i + 2]
                );
            }
        }
    }

    /// <summary>Bᵀ d: six products' share of six neighbouring inputs.</summary>
    /// <param name="d">The first input.</param>
    /// <param name="step">Floats from one input to the next.</param>
    /// <param name="to">The first product's.</param>
    /// <param name="stride">Floats from one product's to the next.</param>
    /// <param name="by">The negative factors.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(float* d, nint step, float* to, nint stride, WinogradFactors by) =>
        Spread(
            Vector512.Load(d),
            Vector512.Load(d + step),
            Vector512.Load(d + 2 * step),
            Vector512.Load(d + 3 * step),
            Vector512.Load(d + 4 * step),
            Vector512.Load(d + 5 * step),
            to,
            stride,
            by
        );

    /// <summary>Bᵀ d of inputs that are at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(
        Vector512<float> d0,
        Vector512<float> d1,
        Vector512<float> d2,
        Vector512<float> d3,
        Vector512<float> d4,
        Vector512<float> d5,
        float* to,
        nint stride,
        WinogradFactors by
    )
    {
        var even = Fma(by.Two, d2, d4);
        var odd = by.Small * Fma(by.Two, d1, d3);
        (Fma(by.Half, d2, d0) + even).Store(to);
        (even + odd).Store(to + stride);
        (even - odd).Store(to + 2 * stride);
        even = Fma(by.Half, d2, d4);
        odd = by.Large * Fma(by.Half, d1, d3);
        (even + odd).Store(to + 3 * stride);
        (even - odd).Store(to + 4 * stride);
        (Fma(by.Half, d3, d1) + Fma(by.Two, d3, d5)).Store(to + 5 * stride);
    }

    /// <summary>Aᵀ m: four neighbouring outputs of six products.</summary>
    /// <param name="m">The first product.</param>
    /// <param name="stride">Floats from one product to the next.</param>
    /// <param name="by">The factors.</param>
    /// <param name="y0">The first output.</param>
    /// <param name="y1">The second.</param>
    /// <param name="y2">The third.</param>
    /// <param name="y3">The fourth.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(
        float* m,
        nint stride,
        WinogradFactors by,
        out Vector512<float> y0,
        out Vector512<float> y1,
        out Vector512<float> y2,
        out Vector512<float> y3
    )
    {
        var m1 = Vector512.Load(m + stride);
        var m2 = Vector512.Load(m + 2 * stride);
        var m3 = Vector512.Load(m + 3 * stride);
        var m4 = Vector512.Load(m + 4 * stride);
        var (oddA, oddB) = (by.Small * (m1 - m2), by.Large * (m3 - m4));
        var (evenA, evenB) = (m1 + m2, m3 + m4);
        y0 = Vector512.Load(m) + evenA + evenB;
        y1 = oddA + oddB;
        y2 = Fma(by.Two, evenB, by.Half * evenA);
        y3 = Fma(by.Two, oddB, Fma(by.Half, oddA, Vector512.Load(m + 5 * stride)));
    }

    private static double Dot(double[] a, double b0, double b1, double b2) => a[0] * b0 + a[1] * b1 + a[2] * b2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> factor, Vector512<float> value, Vector512<float> addend) =>
        Vector512.FusedMultiplyAdd(factor, value, addend);
}
