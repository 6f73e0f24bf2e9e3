using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Cluster.Aggregation;

/// <summary>Places the aggregators in the cluster.</summary>
public static class CellHosting
{
    /// <summary>
    /// Registers the shard region of the aggregators under <see cref="CellAggregator"/>: a home for them on control nodes, a
    /// proxy elsewhere.
    /// </summary>
    public static AkkaConfigurationBuilder AddCellAggregators(
        this AkkaConfigurationBuilder builder,
        ClusterOptions options,
        IServiceProvider provider
    )
    {
        if (!options.IsControl)
        {
            return builder.WithShardRegionProxy<CellAggregator>(
                CellEntity.Region,
                ClusterOptions.ControlRole,
                CellEntity.Extractor
            );
        }

        return builder.WithShardRegion<CellAggregator>(
            CellEntity.Region,
            (_, registry) =>
                EntityProps(
                    provider.GetRequiredService<ISweepLedger>(),
                    provider.GetRequiredService<DefinitionCache>(),
                    registry.Get<SweepCoordinator>(),
                    provider.GetRequiredService<ILogger<CellAggregator>>()
                ),
            CellEntity.Extractor,
            new ShardOptions
            {
                Role = ClusterOptions.ControlRole,
                StateStoreMode = StateStoreMode.DData,
                RememberEntities = false,
            }
        );
    }

    // Not as an expression: one is compiled for every entity, which takes longer than to read its cell.
    internal static Func<string, Props> EntityProps(
        ISweepLedger ledger,
        DefinitionCache definitions,
        IActorRef coordinator,
        ILogger<CellAggregator> logger
    ) => entityId => Props.Create(typeof(CellAggregator), entityId, ledger, definitions, coordinator, logger);
}
