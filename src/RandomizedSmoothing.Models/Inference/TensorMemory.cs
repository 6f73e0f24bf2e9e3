using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Inference;

/// <summary>
/// Where tensors lie in memory, by libtorch's C interface (<c>aoti_torch_get_data_ptr</c>): TorchSharp gives it as a span only,
/// which ends at two gigabytes.
/// </summary>
internal static unsafe class TensorMemory
{
    private static readonly delegate* unmanaged<nint, void**, int> s_pointer = (delegate* unmanaged<nint, void**, int>)
        Libtorch.Function("aoti_torch_get_data_ptr");

    /// <summary>Whether this libtorch tells.</summary>
    public static bool IsKnown => s_pointer is not null;

    /// <summary>The first number of a tensor on the CPU; valid as long as the tensor is.</summary>
    /// <exception cref="ExternalException">Libtorch does not tell.</exception>
    public static float* Of(Tensor tensor)
    {
        void* place;
        return s_pointer(tensor.Handle, &place) == 0
            ? (float*)place
            : throw new ExternalException("Libtorch does not tell where a tensor lies.");
    }
}
