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

    private const double Small = 0.70710678118654752440;
    private const double Large = 1.41421356237309504880;
    private const float A = (float)Small;
    private const float B = (float)Large;
    private const float A3 = (float)(Small / 2);
    private const float B3 = (float)(Large * 2);

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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(float* d, nint step, float* to, nint stride) =>
        Spread(
            Vector512.Load(d),
            Vector512.Load(d + step),
            Vector512.Load(d + 2 * step),
            Vector512.Load(d + 3 * step),
            Vector512.Load(d + 4 * step),
            Vector512.Load(d + 5 * step),
            to,
            stride
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
        nint stride
    )
    {
        (Fma(-2.5f, d2, d0) + d4).Store(to);
        var even = Fma(-2f, d2, d4);
        var odd = Fma(-2f, d1, d3);
        Fma(A, odd, even).Store(to + stride);
        Fma(-A, odd, even).Store(to + 2 * stride);
        even = Fma(-0.5f, d2, d4);
        odd = Fma(-0.5f, d1, d3);
        Fma(B, odd, even).Store(to + 3 * stride);
        Fma(-B, odd, even).Store(to + 4 * stride);
        (Fma(-2.5f, d3, d1) + d5).Store(to + 5 * stride);
    }

    /// <summary>Aᵀ m: four neighbouring outputs of six products.</summary>
    /// <param name="m">The first product.</param>
    /// <param name="stride">Floats from one product to the next.</param>
    /// <param name="y0">The first output.</param>
    /// <param name="y1">The second.</param>
    /// <param name="y2">The third.</param>
    /// <param name="y3">The fourth.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(
        float* m,
        nint stride,
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
        var (evenA, oddA, evenB, oddB) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4);
        y0 = Vector512.Load(m) + evenA + evenB;
        y1 = Fma(B, oddB, Vector512.Create(A) * oddA);
        y2 = Fma(2f, evenB, Vector512.Create(0.5f) * evenA);
        y3 = Fma(B3, oddB, Fma(A3, oddA, Vector512.Load(m + 5 * stride)));
    }

    private static double Dot(double[] a, double b0, double b1, double b2) => a[0] * b0 + a[1] * b1 + a[2] * b2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(float factor, Vector512<float> value, Vector512<float> addend) =>
        Vector512.FusedMultiplyAdd(Vector512.Create(factor), value, addend);
}
