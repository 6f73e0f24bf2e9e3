using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Sampling;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Hosting;

/// <summary>The libtorch devices of a worker.</summary>
internal static class NodeDevices
{
    /// <summary>Versions of the libraries that decide votes.</summary>
    public static IReadOnlyDictionary<string, string> Software
    {
        get
        {
            TorchRuntime.PrepareThread();
            return new Dictionary<string, string>
            {
                ["TorchSharp"] = TorchRuntime.TorchSharpVersion,
                ["libtorch"] = TorchRuntime.LibtorchVersion,
            };
        }
    }

    public static IShardRunnerFactory Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<NodeOptions>();
        var log = provider.GetRequiredService<ILogger<TorchShardRunnerFactory>>();
        return new TorchShardRunnerFactory(
            new TorchRunnerOptions
            {
                Devices = options.Devices.ToString(),
                Cache = new CacheFolders(options.Cache),
                Warn = warning => log.LogWarning("{Warning}", warning),
            },
            provider.GetRequiredService<IArtifactStore>(),
            provider.GetRequiredService<DatasetCatalogue>(),
            provider.GetRequiredService<TimeProvider>()
        );
    }
}
