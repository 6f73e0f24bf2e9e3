using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

/// <summary>The largest difference of two images in one pixel, in pixel steps.</summary>
internal static class LargestDifference
{
    private const int VectorsPerCheck = 4;

    /// <summary>max |a − b|, or any number that is at least the limit as soon as the limit is known to be reached.</summary>
    public static int Of(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int limit)
    {
        var width = Vector256<byte>.Count;
        if (a.Length < width)
        {
            return Scalar(a, b);
        }

        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var bound = Vector256.Create((byte)Math.Clamp(limit, 1, 255));
        var largest = Vector256<byte>.Zero;
        var last = a.Length - width;
        for (var p = 0; p < last; )
        {
            var stop = Math.Min(last, p + (VectorsPerCheck * width));
            for (; p < stop; p += width)
            {
                largest = Vector256.Max(largest, Difference(ref x, ref y, p));
            }

            if (limit <= 255 && Vector256.EqualsAny(Vector256.Max(largest, bound), largest))
            {
                return limit;
            }
        }

        // The last vector may overlap the one before it.
        largest = Vector256.Max(largest, Difference(ref x, ref y, last));
        var result = 0;
        for (var i = 0; i < width; i++)
        {
            result = Math.Max(result, largest[i]);
        }

        return result;
    }

    private static Vector256<byte> Difference(ref byte x, ref byte y, int p)
    {
        var left = Vector256.LoadUnsafe(ref x, (nuint)p);
        var right = Vector256.LoadUnsafe(ref y, (nuint)p);
        return Vector256.Max(left, right) - Vector256.Min(left, right);
    }

    private static int Scalar(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var largest = 0;
        for (var p = 0; p < a.Length; p++)
        {
            largest = Math.Max(largest, Math.Abs(a[p] - b[p]));
        }

        return largest;
    }
}
