using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster;

/// <summary>
/// One node of a cluster inside this process, without a host of its own: what <c>rsmooth run</c> starts. Stopping hands the
/// work back and records what was counted.
/// </summary>
public sealed class SweepCluster : IAsyncDisposable
{
    private readonly IHost _host;

    private SweepCluster(IHost host) => _host = host;

    /// <summary>What people can do with the cluster; only on control nodes.</summary>
    public ISweepClient Client => Services.GetRequiredService<ISweepClient>();

    /// <summary>The node's container.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Opens the ledger and starts the node.</summary>
    /// <param name="options">The node; the defaults are a cluster of its own on loopback.</param>
    /// <param name="ledger">Needed on control nodes; stays the caller's to dispose, after the cluster.</param>
    /// <param name="runners">Needed on workers.</param>
    /// <param name="logging">Where log lines go; null for nowhere.</param>
    /// <param name="time">Clock; null for the system's.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="UserErrorException">Wrong options, or a ledger that cannot be opened.</exception>
    public static async Task<SweepCluster> StartAsync(
        ClusterOptions options,
        ISweepLedger? ledger,
        IShardRunnerFactory? runners,
        ILoggerFactory? logging = null,
        TimeProvider? time = null,
        CancellationToken cancellation = default
    )
    {
        if (options.IsControl)
        {
            ArgumentNullException.ThrowIfNull(ledger);
            await ledger.OpenAsync(cancellation);
        }

        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "rsmooth" }
        );
        builder.Logging.ClearProviders();
        if (logging is not null)
        {
            builder.Services.AddSingleton(logging);
        }

        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout * 2);
        if (ledger is not null)
        {
            builder.Services.AddSingleton(ledger);
        }

        if (runners is not null)
        {
            builder.Services.AddSingleton(runners);
        }

        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddSmoothingCluster(options);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            return new SweepCluster(host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Drains the devices, leaves the cluster and ends the node.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    // Signals are the caller's affair.
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
