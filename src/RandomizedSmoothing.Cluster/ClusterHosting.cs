using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Aggregation;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Membership;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Cluster.Workers;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster;

/// <summary>Adds to a node's actor system; every one that the container holds is called while the system is set up.</summary>
public delegate void ActorSystemExtension(AkkaConfigurationBuilder builder, IServiceProvider provider);

/// <summary>Makes a process a node of the cluster.</summary>
public static class ClusterHosting
{
    /// <summary>
    /// Adds the actor system as a hosted service and, on control nodes, <see cref="ISweepClient"/>. The container must hold
    /// an open <see cref="ISweepLedger"/> (control) and an <see cref="IShardRunnerFactory"/> (worker).
    /// </summary>
    /// <exception cref="Core.UserErrorException">Options that are wrong.</exception>
    public static IServiceCollection AddSmoothingCluster(this IServiceCollection services, ClusterOptions options)
    {
        ClusterOptionsValidator.Require(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.TryAddSingleton<DefinitionCache>();
        services.TryAddSingleton<SweepFeed>();
        services.TryAddSingleton<MembershipWatch>();
        if (options.IsControl)
        {
            services.AddSingleton<ISweepClient>(provider => new SweepClient(
                provider.GetRequiredService<ISweepLedger>(),
                provider.GetRequiredService<IRequiredActor<SweepCoordinator>>().ActorRef,
                provider.GetRequiredService<SweepFeed>(),
                provider.GetRequiredService<TimeProvider>()
            ));
        }

        return services.AddAkka(
            options.ActorSystemName,
            (builder, provider) =>
            {
                builder.AddSmoothingCluster(options, provider);
                foreach (var extend in provider.GetServices<ActorSystemExtension>())
                {
                    extend(builder, provider);
                }
            }
        );
    }

    /// <summary>Adds the node's configuration and actors to an actor system.</summary>
    public static AkkaConfigurationBuilder AddSmoothingCluster(
        this AkkaConfigurationBuilder builder,
        ClusterOptions options,
        IServiceProvider provider
    )
    {
        KeepThreadsReady();
        builder
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLogger<ActorSystemLog>();
            })
            .AddSetup(
                new ActorSystemLogSetup(
                    provider.GetRequiredService<ILoggerFactory>(),
                    provider.GetRequiredService<TimeProvider>()
                )
            )
            .AddHocon(ClusterHocon.Of(options), HoconAddMode.Prepend)
            .AddMembershipWatch(options, provider)
            .AddCoordinatorProxy()
            .AddCellAggregators(options, provider);
        if (options.IsControl)
        {
            builder.AddSweepCoordinator(options, provider).AddSweepFeed(provider);
        }

        if (options.IsWorker)
        {
            builder.AddWorkerNode(options, provider);
        }

        return builder.AddJoining(options);
    }

    // An actor system waits for parts of itself while it starts. With as few pool threads as a small machine has processors,
    // the pool then adds one every half second, and the start takes seconds instead of a tenth of one.
    private static void KeepThreadsReady()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 16), completions);
    }

    private static AkkaConfigurationBuilder AddSweepFeed(
        this AkkaConfigurationBuilder builder,
        IServiceProvider provider
    ) =>
        builder.WithActors(
            (system, registry) =>
            {
                var feed = provider.GetRequiredService<SweepFeed>();
                var coordinator = registry.Get<SweepCoordinator>();
                system.ActorOf(Props.Create(() => new SweepFeed.Subscriber(feed, coordinator)), "feed");
            }
        );

    private static AkkaConfigurationBuilder AddJoining(this AkkaConfigurationBuilder builder, ClusterOptions options) =>
        builder.AddStartup(
            (system, _) =>
            {
                var cluster = Akka.Cluster.Cluster.Get(system);
                if (options.Seeds.Count == 0)
                {
                    cluster.Join(cluster.SelfAddress);
                }
            }
        );
}
