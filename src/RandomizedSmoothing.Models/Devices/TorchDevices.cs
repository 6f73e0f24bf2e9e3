using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using TorchSharp;

namespace RandomizedSmoothing.Models.Devices;

/// <summary>The devices that a node can offer, by the text that asks for them.</summary>
public static class TorchDevices
{
    private const int MostCpus = 1024;

    /// <summary>
    /// Reads a list separated by commas: <c>auto</c> (every GPU, or one CPU device per two cores), <c>cpu:N</c> (N CPU devices
    /// of one thread each), <c>cpu</c> (one), <c>cuda</c> (every GPU), <c>cuda:I</c> (GPU I).
    /// </summary>
    /// <exception cref="UserErrorException">Not such a list, or the GPU is not there.</exception>
    public static IReadOnlyList<DeviceDescription> Parse(string text)
    {
        TorchRuntime.PrepareThread();
        var devices = new List<DeviceDescription>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            devices.AddRange(ParsePart(part, text));
        }

        if (devices.Count == 0)
        {
            throw Wrong(text, text, "nothing is asked for");
        }

        if (devices.GroupBy(d => d.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Wrong(text, text, $"{twice.Key} is asked for twice");
        }

        return devices;
    }

    /// <summary>The libtorch device of a description.</summary>
    internal static torch.Device Open(DeviceDescription device) =>
        device.Kind == "cuda"
            ? torch.device(DeviceType.CUDA, int.Parse(device.Name["cuda:".Length..], CultureInfo.InvariantCulture))
            : torch.CPU;

    private static IEnumerable<DeviceDescription> ParsePart(string part, string text)
    {
        var (kind, number) = part.Split(':', 2) is [var k, var n] ? (k, n) : (part, null);
        int? value = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var v) ? v : null;
        if (number is not null && value is null)
        {
            throw Wrong(part, text, $"'{number}' is no number");
        }

        return (kind, value) switch
        {
            ("auto", null) => Gpus() is > 0 and var gpus
                ? Enumerable.Range(0, gpus).Select(Gpu)
                : Cpus(Math.Max(1, Environment.ProcessorCount / 2)),
            ("cpu", null) => Cpus(1),
            ("cpu", >= 1 and <= MostCpus) => Cpus(value.Value),
            ("cuda", null) when Gpus() > 0 => Enumerable.Range(0, Gpus()).Select(Gpu),
            ("cuda", { } index) when index < Gpus() => [Gpu(index)],
            ("cuda", _) => throw Wrong(
                part,
                text,
                $"libtorch sees {Gpus()} GPUs here; GPUs need a build with -p:TorchBackend=cuda and NVIDIA's driver"
            ),
            _ => throw Wrong(part, text, "it is none of the forms"),
        };
    }

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

    private static UserErrorException Wrong(string part, string text, string reason) =>
        new(
            $"The devices '{text}' cannot be used: '{part}': {reason}. Write auto, cpu:N for N CPU devices, cuda for every GPU, cuda:I for "
                + "one, or several of these separated by commas."
        );
}
