using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Devices;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>What a node's devices need.</summary>
public sealed record TorchRunnerOptions
{
    /// <summary>The devices, as <see cref="TorchDevices.Parse"/> reads them.</summary>
    public string Devices { get; init; } = "auto";

    /// <summary>Where trained models and checkpoints are kept.</summary>
    public required CacheFolders Cache { get; init; }

    /// <summary>Base classifiers that a device keeps open; at least 1.</summary>
    public int OpenModels { get; init; } = 4;

    /// <summary>Told what a person should know and no result shows, as a batch halved for want of memory.</summary>
    public Action<string>? Warn { get; init; }
}

/// <summary>Opens the libtorch devices of a node. Safe for many threads.</summary>
public sealed class TorchShardRunnerFactory : IShardRunnerFactory
{
    private readonly TorchRunnerOptions _options;
    private readonly IArtifactStore _artifacts;
    private readonly DatasetStore _datasets;
    private readonly TimeProvider _time;
    private readonly GpuDriver _driver;

    /// <summary>Finds the devices.</summary>
    /// <exception cref="Core.UserErrorException">Libtorch cannot be loaded, or a device is not there.</exception>
    public TorchShardRunnerFactory(
        TorchRunnerOptions options,
        IArtifactStore artifacts,
        DatasetCatalogue catalogue,
        TimeProvider time
    )
    {
        (_options, _artifacts, _time) = (options, artifacts, time);
        _driver = new GpuDriver(time, visible: Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES"));
        _datasets = new DatasetStore(artifacts, catalogue);
        Devices = [.. TorchDevices.Parse(options.Devices).Select(Named)];
    }

    /// <inheritdoc />
    public IReadOnlyList<DeviceDescription> Devices { get; }

    /// <inheritdoc />
    public DeviceMemory? MemoryOf(DeviceDescription device) => GpuOf(device) is { } gpu ? _driver.Of(gpu) : null;

    /// <inheritdoc />
    public IShardRunner Create(DeviceDescription device)
    {
        TorchRuntime.PrepareThread();
        return new TorchShardRunner(device, _options, _artifacts, _datasets, _time);
    }

    // GPUs of one name are one kind of device, whatever their number.
    private DeviceDescription Named(DeviceDescription device) =>
        GpuOf(device) is { } gpu && _driver.NameOf(gpu) is { } name ? device with { Description = name } : device;

    private static int? GpuOf(DeviceDescription device) =>
        device.Kind == "cuda" && int.TryParse(device.Name.AsSpan(device.Name.IndexOf(':') + 1), out var index)
            ? index
            : null;
}
