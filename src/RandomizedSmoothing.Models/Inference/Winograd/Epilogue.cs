using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RandomizedSmoothing.Models.Inference.Winograd;

/// <summary>What follows a convolution before its result is written.</summary>
/// <param name="Relu">Whether negative values become zero.</param>
/// <param name="Rounds">Whether the result is rounded to bfloat16.</param>
internal readonly record struct Epilogue(bool Relu, bool Rounds)
{
    /// <summary>sum + value, and what follows.</summary>
    /// <param name="value">Results of the convolution.</param>
    /// <param name="sum">What they are added to; null for nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe Vector512<float> Finish(Vector512<float> value, float* sum)
    {
        if (sum is not null)
        {
            value += Vector512.Load(sum);
        }

        if (Relu)
        {
            // What is no number is the second one, and stays.
            value = Vector512.MaxNative(Vector512<float>.Zero, value);
        }

        return Rounds ? BFloat16Rounding.Round(value) : value;
    }
}
