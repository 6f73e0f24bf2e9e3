using TorchSharp;

namespace RandomizedSmoothing.Models;

/// <summary>
/// Scalars for operations of hot paths. TorchSharp hands libtorch the bare handle of a scalar: one that only the call itself
/// refers to, as the implicit alpha of an addition, can be finalized while libtorch still reads it, and the operation then
/// fails or sees another number.
/// </summary>
internal static class RootedScalars
{
    /// <summary>1, as an integer: fits tensors of every type.</summary>
    public static Scalar One { get; } = 1L.ToScalar();
}
