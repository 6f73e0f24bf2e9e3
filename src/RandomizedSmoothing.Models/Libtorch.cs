using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using RandomizedSmoothing.Core;
using TorchSharp;

namespace RandomizedSmoothing.Models;

/// <summary>
/// Native libtorch: the one that was built in; in a build without one (<c>-p:TorchBackend=none</c>) that of a PyTorch which is installed
/// on this machine, as for its GPU, in the folder that <see cref="Variable"/> names. The system's loader takes a library that is needed
/// from those that are loaded, so it is enough to load them first.
/// </summary>
internal static unsafe partial class Libtorch
{
    /// <summary>The variable that names a folder <c>torch/lib</c>.</summary>
    public const string Variable = "RSMOOTH_LIBTORCH";

    /// <summary>The version that TorchSharp is made for. It says so itself, but not before it has found one.</summary>
    public const string MadeFor = "2.10.0";

    // Of dlopen(3): RTLD_LAZY and RTLD_NOW.
    private const int OnDemand = 1;
    private const int AtOnce = 2;

    private static readonly string Binding = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    // The last are there in builds for GPUs only.
    private static readonly string[] Needed = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly string[] ForGpus = ["libc10_cuda.so", "libtorch_cuda.so"];
    private static readonly Lazy<string?> Installed = new(LoadInstalled);

    /// <summary>Loads what the variable names, once for the process.</summary>
    /// <exception cref="UserErrorException">There is no libtorch, or none that TorchSharp can use.</exception>
    public static void Prepare() => _ = Installed.Value;

    /// <summary>Version, with the folder of an installed one.</summary>
    public static string Version =>
        Installed.Value is { } folder ? $"{VersionIn(folder)} in {folder}" : torch.__version__;

    /// <summary>A function of libtorch's C interface; null where this libtorch has none of that name.</summary>
    public static nint Function(string name) =>
        TryLoadCpu(out var library) && NativeLibrary.TryGetExport(library, name, out var function) ? function : 0;

    private static string? LoadInstalled()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        if (!OperatingSystem.IsLinux())
        {
            return string.IsNullOrEmpty(folder)
                ? null
                : throw new UserErrorException(
                    $"{Variable} is '{folder}': an installed libtorch can be used on Linux only. Unset the variable."
                );
        }

        var isBuiltIn = File.Exists(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"));
        if (string.IsNullOrEmpty(folder))
        {
            return isBuiltIn || TryLoadCpu(out _)
                ? null
                : throw new UserErrorException(
                    $"This build brings no libtorch, and none is named: set {Variable} to the folder of an installed PyTorch's libraries. {HowToFind}"
                );
        }

        if (isBuiltIn)
        {
            throw new UserErrorException(
                $"{Variable} is '{folder}', and this build brings a libtorch of its own; a process cannot have two. Unset the variable, or "
                    + "build with -p:TorchBackend=none."
            );
        }

        return Load(Path.GetFullPath(folder));
    }

    private static string Load(string folder)
    {
        if (Array.Find(Needed, name => !File.Exists(Path.Combine(folder, name))) is { } missing)
        {
            throw new UserErrorException(
                $"{Variable} is '{folder}': the folder of an installed PyTorch's libraries is expected, and there is no {missing} in it. "
                    + HowToFind
            );
        }

        // Of what TorchSharp needs all is looked up now: what was missing later would end the process.
        var libraries = Needed.Concat(ForGpus.Where(name => File.Exists(Path.Combine(folder, name))));
        var reason =
            libraries
                .Select(name => WhyNot(Path.Combine(folder, name), OnDemand))
                .FirstOrDefault(why => why is not null)
            ?? (File.Exists(Binding) ? WhyNot(Binding, AtOnce) : null);
        return reason is null
            ? folder
            : throw new UserErrorException(
                $"{Variable} is '{folder}': TorchSharp {TorchRuntime.TorchSharpVersion} is made for PyTorch {MadeFor} and cannot use this one, "
                    + $"{VersionIn(folder)} ({reason}). Name the folder of another, or use a build that brings libtorch."
            );
    }

    private static bool TryLoadCpu(out nint library) =>
        NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out library);

    private static string HowToFind =>
        $"This prints it: python3 -c 'import torch; print(torch.__path__[0] + \"/lib\")'. TorchSharp {TorchRuntime.TorchSharpVersion} is made for "
        + $"PyTorch {MadeFor}.";

    /// <summary>Loads a library, and says why that cannot be; the runtime's own loader leaves the reason out.</summary>
    private static string? WhyNot(string path, int mode)
    {
        var system = NativeLibrary.Load("libc.so.6");
        var open = (delegate* unmanaged<nint, int, nint>)NativeLibrary.GetExport(system, "dlopen");
        var error = (delegate* unmanaged<nint>)NativeLibrary.GetExport(system, "dlerror");
        var text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return open(text, mode) == 0 ? Marshal.PtrToStringUTF8(error()) ?? "it does not load" : null;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    // PyTorch keeps its version in torch/version.py, libtorch by itself in a file beside lib.
    private static string VersionIn(string folder)
    {
        try
        {
            var (python, plain) = (Path.Combine(folder, "../version.py"), Path.Combine(folder, "../build-version"));
            var text =
                File.Exists(python) ? VersionLine().Match(File.ReadAllText(python)).Groups[1].Value
                : File.Exists(plain) ? File.ReadAllText(plain).Trim()
                : "";
            return text.Length > 0 ? text : "of unknown version";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "of unknown version";
        }
    }

    [GeneratedRegex("^__version__ *= *['\"]([^'\"]+)", RegexOptions.Multiline)]
    private static partial Regex VersionLine();
}
