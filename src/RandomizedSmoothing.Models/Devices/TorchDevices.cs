using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using TorchSharp;

namespace RandomizedSmoothing.Models.Devices;

/// <summary>The devices that a node can offer, by the text that asks for them.</summary>
public static class TorchDevices
{
    /// <summary>The devices of a text that <see cref="DeviceSelection"/> reads.</summary>
    /// <exception cref="UserErrorException">Not such a text, or a GPU is not there.</exception>
    public static IReadOnlyList<DeviceDescription> Parse(string text)
    {
        if (DeviceSelection.TryParse(text, out var selection) is { } wrong)
        {
            throw new UserErrorException($"The devices are '{text}': {wrong}.");
        }

        TorchRuntime.PrepareThread();
        var devices = selection.Parts.SelectMany(part => Expand(part, text)).ToList();
        return devices.GroupBy(d => d.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new UserErrorException(
                $"The devices are '{text}': {twice.Key} is asked for twice here; write each device once."
            )
            : devices;
    }

    /// <summary>The libtorch device of a description.</summary>
    internal static torch.Device Open(DeviceDescription device) =>
        device.Kind == "cuda"
            ? torch.device(DeviceType.CUDA, int.Parse(device.Name["cuda:".Length..], CultureInfo.InvariantCulture))
            : torch.CPU;

    private static IEnumerable<DeviceDescription> Expand(DevicePart part, string text) =>
        part switch
        {
            ("auto", _) => Gpus() is > 0 and var gpus
                ? Enumerable.Range(0, gpus).Select(Gpu)
                : Cpus(Math.Max(1, Environment.ProcessorCount / 2)),
            ("cpu", { } count) => Cpus(count),
            ("cuda", null) when Gpus() > 0 => Enumerable.Range(0, Gpus()).Select(Gpu),
            ("cuda", { } index) when index < Gpus() => [Gpu(index)],
            _ => throw new UserErrorException(
                $"The devices are '{text}': {part} is not there. libtorch sees {Gpus()} GPUs here; GPUs need NVIDIA's driver and "
                    + $"a build with -p:TorchBackend=cuda, or with none and {Libtorch.Variable} for an installed PyTorch. Without them write cpu:N for N devices on the processor."
            ),
        };

    private static int Gpus() => torch.cuda.is_available() ? torch.cuda.device_count() : 0;

    private static DeviceDescription Gpu(int index) => new($"cuda:{index}", "cuda", "NVIDIA GPU");

    private static IEnumerable<DeviceDescription> Cpus(int count) =>
        Enumerable.Range(0, count).Select(index => new DeviceDescription($"cpu:{index}", "cpu", CpuName.Value));

    private static Lazy<string> CpuName { get; } = new(() => $"{ProcessorName()}, 1 thread");

    private static string ProcessorName()
    {
        try
        {
            var line = File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            return line?.Split(':', 2)[1].Trim()
                ?? $"{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}";
        }
    }
}
