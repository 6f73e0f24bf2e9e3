using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Inference;

/// <summary>Numbers of single precision rounded to those that bfloat16 has: to the nearest, to the even one of two.</summary>
internal static class BFloat16Rounding
{
    private const uint Kept = 0xFFFF0000;
    private const uint NotANumber = 0x7FC00000;
    private const long MostAtOnce = 1 << 28;

    /// <summary>Rounds a tensor of single precision on the processor.</summary>
    /// <returns>The tensor itself, rounded in place; a copy of one that lies in memory with gaps or overlaps.</returns>
    public static Tensor Round(Tensor tensor)
    {
        if (!IsDense(tensor))
        {
            return tensor.to(ScalarType.BFloat16).to(ScalarType.Float32);
        }

        var count = tensor.numel();
        using var flat = tensor.as_strided([count], [1]);
        for (long from = 0; from < count; from += MostAtOnce)
        {
            using var piece = flat.narrow(0, from, Math.Min(MostAtOnce, count - from));
            Round(MemoryMarshal.Cast<byte, float>(piece.bytes));
        }

        return tensor;
    }

    /// <summary>Rounds in place; what is no number stays none.</summary>
    public static void Round(Span<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var width = Vector<uint>.Count;
        var vectors = MemoryMarshal.Cast<uint, Vector<uint>>(bits);
        for (var i = 0; i < vectors.Length; i++)
        {
            var value = vectors[i];
            var rounded =
                (value + new Vector<uint>(0x7FFF) + ((value >> 16) & Vector<uint>.One)) & new Vector<uint>(Kept);
            var isNumber = Vector.Equals(Vector.AsVectorSingle(value), Vector.AsVectorSingle(value));
            vectors[i] = Vector.ConditionalSelect(
                Vector.AsVectorUInt32(isNumber),
                rounded,
                new Vector<uint>(NotANumber)
            );
        }

        for (var i = vectors.Length * width; i < bits.Length; i++)
        {
            bits[i] = float.IsNaN(values[i]) ? NotANumber : (bits[i] + 0x7FFF + ((bits[i] >> 16) & 1)) & Kept;
        }
    }

    /// <summary>Sixteen rounded; what is no number stays none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> values)
    {
        var bits = values.AsUInt32();
        var rounded =
            (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) & Vector512.Create(Kept);
        var isNumber = Vector512.Equals(values, values);
        return Vector512.ConditionalSelect(isNumber, rounded.AsSingle(), Vector512.Create(NotANumber).AsSingle());
    }

    // Whether the elements fill their stretch of memory, in whatever order of dimensions.
    private static bool IsDense(Tensor tensor)
    {
        var (shape, strides) = (tensor.shape, tensor.stride());
        long expected = 1;
        foreach (var dimension in Enumerable.Range(0, shape.Length).Where(d => shape[d] != 1).OrderBy(d => strides[d]))
        {
            if (strides[dimension] != expected)
            {
                return false;
            }

            expected *= shape[dimension];
        }

        return true;
    }
}
