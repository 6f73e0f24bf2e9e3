using System.Runtime.InteropServices;

namespace RandomizedSmoothing.Models.Devices;

/// <summary>
/// Which of libtorch's errors speak of the machine (memory, driver, hardware) and not of the model or the images. Another device, or
/// the same one later, may do the same work.
/// </summary>
internal static class DeviceFault
{
    private static readonly string[] Memory =
    [
        "out of memory",
        "can't allocate memory",
        "failed to allocate memory",
        "CUBLAS_STATUS_ALLOC_FAILED",
        "CUDNN_STATUS_ALLOC_FAILED",
    ];

    private static readonly string[] Driver =
    [
        "CUDA error",
        "CUDA driver",
        "NVIDIA driver",
        "CUDNN_STATUS_",
        "CUBLAS_STATUS_",
        "cuDNN error",
        "NVRTC",
        "NVML",
    ];

    /// <summary>Whether there was too little memory.</summary>
    public static bool IsOutOfMemory(Exception e) =>
        e is OutOfMemoryException || (e is ExternalException && Array.Exists(Memory, word => Says(e, word)));

    /// <summary>Whether it is the machine's at all.</summary>
    public static bool Is(Exception e) =>
        IsOutOfMemory(e) || (e is ExternalException && Array.Exists(Driver, word => Says(e, word)));

    private static bool Says(Exception e, string word) => e.Message.Contains(word, StringComparison.OrdinalIgnoreCase);
}
