using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Cluster.Membership;

/// <summary>Watches from the start whether the cluster puts the node out.</summary>
internal static class MembershipHosting
{
    private const string Removed =
        "The cluster went on without this node: it was unreachable for longer than stable-after, or alone without a majority "
        + "of the control nodes.";

    /// <summary>Fills <see cref="MembershipWatch"/>.</summary>
    public static AkkaConfigurationBuilder AddMembershipWatch(
        this AkkaConfigurationBuilder builder,
        ClusterOptions options,
        IServiceProvider provider
    ) =>
        builder.WithActors(
            (system, _) =>
            {
                var watch = provider.GetRequiredService<MembershipWatch>();
                // Also called where the removal came first, and where the shutdown that follows it never ends.
                Akka.Cluster.Cluster.Get(system).RegisterOnMemberRemoved(() => watch.End(Removed));
                system.WhenTerminated.ContinueWith(_ => watch.End(Removed), TaskScheduler.Default);
                IReadOnlyList<string> seeds = [.. options.Seeds.Select(options.AddressOf)];
                var ledger = provider.GetService<ISweepLedger>()?.Identity ?? "";
                var time = provider.GetRequiredService<TimeProvider>();
                var logger = provider.GetRequiredService<ILogger<RollCaller>>();
                system.ActorOf(
                    Props.Create(() => new RollCaller(seeds, options.JoinPatience, ledger, watch, time, logger)),
                    RollCaller.ActorName
                );
            }
        );
}
