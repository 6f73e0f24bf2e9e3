using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

/// <summary>
/// Scalar products of one tile of images with another, as exact integers. Pixels are widened to 16 bits once per tile; the
/// inner loop keeps two rows against four in registers.
/// </summary>
internal sealed class DotTile
{
    /// <summary>Images per side of a tile.</summary>
    public const int Side = 64;

    private const int Lanes = 16;
    private const int ChunkPixels = 2048;

    private readonly short[] _left = new short[Side * ChunkPixels];
    private readonly short[] _right = new short[Side * ChunkPixels];

    /// <summary>Entry q·Side + r is ⟨left image q, right image r⟩.</summary>
    public long[] Products { get; } = new long[Side * Side];

    /// <summary>Fills <see cref="Products"/> for up to <see cref="Side"/> images from either start on.</summary>
    public void Compute(
        LabelledImages left,
        int leftStart,
        int leftCount,
        LabelledImages right,
        int rightStart,
        int rightCount
    )
    {
        Array.Clear(Products);
        for (var from = 0; from < left.Dimension; from += ChunkPixels)
        {
            var length = Math.Min(ChunkPixels, left.Dimension - from);
            var stride = (length + Lanes - 1) / Lanes * Lanes;
            Widen(left, leftStart, leftCount, from, length, stride, _left);
            Widen(right, rightStart, rightCount, from, length, stride, _right);
            for (var q = 0; q < leftCount; q += 2)
            {
                for (var r = 0; r < rightCount; r += 4)
                {
                    Block(q, r, stride);
                }
            }
        }
    }

    private static void Widen(
        LabelledImages images,
        int start,
        int count,
        int from,
        int length,
        int stride,
        short[] target
    )
    {
        for (var i = 0; i < count; i++)
        {
            var source = images.Image(start + i).Slice(from, length);
            var row = target.AsSpan(i * stride, stride);
            for (var p = 0; p < length; p++)
            {
                row[p] = source[p];
            }

            row[length..].Clear();
        }
    }

    private void Block(int q, int r, int stride)
    {
        // Rows beyond the count hold old pixels; their products are never read.
        ref var a0 = ref MemoryMarshal.GetArrayDataReference(_left);
        a0 = ref Unsafe.Add(ref a0, q * stride);
        ref var a1 = ref Unsafe.Add(ref a0, stride);
        ref var b0 = ref MemoryMarshal.GetArrayDataReference(_right);
        b0 = ref Unsafe.Add(ref b0, r * stride);
        ref var b1 = ref Unsafe.Add(ref b0, stride);
        ref var b2 = ref Unsafe.Add(ref b1, stride);
        ref var b3 = ref Unsafe.Add(ref b2, stride);
        Vector256<int> s00 = default,
            s01 = default,
            s02 = default,
            s03 = default,
            s10 = default,
            s11 = default,
            s12 = default,
            s13 = default;
        for (nuint p = 0; p < (nuint)stride; p += Lanes)
        {
            var x0 = Vector256.LoadUnsafe(ref a0, p);
            var x1 = Vector256.LoadUnsafe(ref a1, p);
            var y = Vector256.LoadUnsafe(ref b0, p);
            s00 += PairProducts(x0, y);
            s10 += PairProducts(x1, y);
            y = Vector256.LoadUnsafe(ref b1, p);
            s01 += PairProducts(x0, y);
            s11 += PairProducts(x1, y);
            y = Vector256.LoadUnsafe(ref b2, p);
            s02 += PairProducts(x0, y);
            s12 += PairProducts(x1, y);
            y = Vector256.LoadUnsafe(ref b3, p);
            s03 += PairProducts(x0, y);
            s13 += PairProducts(x1, y);
        }

        // A chunk sums to at most 2048 · 255² < 2³¹.
        var row = Products.AsSpan((q * Side) + r);
        row[0] += Vector256.Sum(s00);
        row[1] += Vector256.Sum(s01);
        row[2] += Vector256.Sum(s02);
        row[3] += Vector256.Sum(s03);
        row = Products.AsSpan(((q + 1) * Side) + r);
        row[0] += Vector256.Sum(s10);
        row[1] += Vector256.Sum(s11);
        row[2] += Vector256.Sum(s12);
        row[3] += Vector256.Sum(s13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> PairProducts(Vector256<short> a, Vector256<short> b) =>
        Avx2.IsSupported
            ? Avx2.MultiplyAddAdjacent(a, b)
            : (Vector256.WidenLower(a) * Vector256.WidenLower(b)) + (Vector256.WidenUpper(a) * Vector256.WidenUpper(b));
}
