using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Aggregation;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Places the coordinator in the cluster.</summary>
public static class CoordinatorHosting
{
    private const string Name = "coordinator";

    private static readonly ClusterSingletonOptions Options = new()
    {
        Role = ClusterOptions.ControlRole,
        LogSingletonIdentificationFailure = false,
        BufferSize = 2000,
    };

    /// <summary>Registers a proxy under <see cref="SweepCoordinator"/> that finds the coordinator wherever it is.</summary>
    public static AkkaConfigurationBuilder AddCoordinatorProxy(this AkkaConfigurationBuilder builder) =>
        builder.WithSingletonProxy<SweepCoordinator>(Name, Options);

    /// <summary>Lets this node be the coordinator's home when its turn comes.</summary>
    public static AkkaConfigurationBuilder AddSweepCoordinator(
        this AkkaConfigurationBuilder builder,
        ClusterOptions options,
        IServiceProvider provider
    ) =>
        builder.WithSingleton<SweepCoordinator>(
            Name,
            (_, registry, _) =>
            {
                var cells = registry.Get<CellAggregator>();
                var settings = new CoordinatorSettings(options.LeaseDuration, options.ResendAfter, options.StallAfter)
                {
                    Rest = 2 * options.StableAfter,
                    CompareEvery = 5 * options.ResendAfter,
                };
                return Props.Create(() =>
                    new SweepCoordinator(
                        provider.GetRequiredService<ISweepLedger>(),
                        provider.GetRequiredService<DefinitionCache>(),
                        cells,
                        settings,
                        provider.GetRequiredService<TimeProvider>(),
                        provider.GetRequiredService<ILogger<SweepCoordinator>>()
                    )
                );
            },
            Options,
            createProxyToo: false
        );
}
