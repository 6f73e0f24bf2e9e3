using RandomizedSmoothing.Core;
using TorchSharp;

namespace RandomizedSmoothing.Models;

/// <summary>Loads native libtorch and prepares threads for it.</summary>
public static class TorchRuntime
{
    [ThreadStatic]
    private static bool s_prepared;

    /// <summary>
    /// Prepares the calling thread: one intra-op thread, so that one device is one core and sums are always added in the same
    /// order. Call it before the thread's first tensor operation; a second call does nothing.
    /// </summary>
    /// <exception cref="UserErrorException">Libtorch cannot be loaded here; the message says what to do.</exception>
    public static void PrepareThread()
    {
        if (s_prepared)
        {
            return;
        }

        try
        {
            FreedMemory.Keep();
            Libtorch.Prepare();
            torch.set_num_threads(1);

            // float32 is float32: by default cuDNN's convolutions keep 10 bits of it, and votes would depend on the device.
            torch.backends.cudnn.allow_tf32 = false;
            torch.backends.cuda.matmul.allow_tf32 = false;
            s_prepared = true;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException)
        {
            throw new UserErrorException(
                $"Libtorch cannot be loaded from '{AppContext.BaseDirectory}' ({(e.InnerException ?? e).Message.Split('\n')[0].TrimEnd('.')}). "
                    + "It is available for Linux x64, Windows x64 and macOS arm64: build on one of these (dotnet build brings it), with "
                    + "glibc 2.34 or newer on Linux.",
                e
            )
            {
                ExitCode = 1,
            };
        }
    }

    /// <summary>
    /// Finds libtorch, and changes nothing of what it does: for programs that use TorchSharp by themselves. A prepared thread has found
    /// it.
    /// </summary>
    /// <exception cref="UserErrorException">There is none, or none that TorchSharp can use.</exception>
    public static void Find() => Libtorch.Prepare();

    /// <summary>Version of TorchSharp, for the manifest.</summary>
    public static string TorchSharpVersion => typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>Version of libtorch, for the manifest; with the folder of one that was not built in.</summary>
    /// <exception cref="UserErrorException">Libtorch cannot be used; as <see cref="PrepareThread"/>.</exception>
    public static string LibtorchVersion => Libtorch.Version;
}
