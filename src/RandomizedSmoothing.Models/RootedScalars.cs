using RandomizedSmoothing.Models.Inference;
using TorchSharp;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models;

/// <summary>
/// Arithmetic between tensors and numbers. TorchSharp hands libtorch the bare handle of a scalar: one that only the call itself
/// refers to, as the implicit alpha of an addition, can be finalized while libtorch still reads it, and the operation then
/// fails or sees another number. Here every scalar outlives its call; the overloads that make one of their own are banned
/// (<c>BannedSymbols.txt</c>).
/// </summary>
internal static class RootedScalars
{
    /// <summary>1, as an integer: fits tensors of every type.</summary>
    public static Scalar One { get; } = 1L.ToScalar();

    /// <summary>A tensor of one number.</summary>
    public static Tensor Filled(long[] size, double value, Device device)
    {
        using var scalar = value.ToScalar();
        return full(size, scalar, ScalarType.Float32, device);
    }

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, double right)
    {
        using var scalar = right.ToScalar();
        return left.add(scalar, One);
    }

    /// <summary>left · right.</summary>
    public static Tensor Times(this Tensor left, double right)
    {
        using var scalar = right.ToScalar();
        return left.mul(scalar);
    }

    /// <summary>left / right.</summary>
    public static Tensor Over(this Tensor left, double right)
    {
        using var scalar = right.ToScalar();
        return left.div(scalar);
    }

    /// <summary>max(tensor, least).</summary>
    public static Tensor AtLeast(this Tensor tensor, double least)
    {
        using var scalar = least.ToScalar();
        return tensor.clamp(min: scalar);
    }

    /// <summary>min(max(tensor, least), most).</summary>
    public static Tensor Within(this Tensor tensor, double least, double most)
    {
        using var low = least.ToScalar();
        using var high = most.ToScalar();
        return tensor.clamp(low, high);
    }
}
