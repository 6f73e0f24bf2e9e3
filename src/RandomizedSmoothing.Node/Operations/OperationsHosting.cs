using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>Puts the operator commands into a node's container.</summary>
public static class OperationsHosting
{
    /// <summary>
    /// Adds the <see cref="OperatorConsole"/> of a control node. The container holds <see cref="ISweepClient"/>,
    /// <see cref="ISweepLedger"/> and the actor system.
    /// </summary>
    public static IServiceCollection AddOperatorCommands(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IClusterMembership>(provider => new AkkaMembership(
            provider.GetRequiredService<ActorSystem>()
        ));
        services.AddSingleton(provider => new OperatorConsole(
            OperatorCommands.Create(
                provider.GetRequiredService<ISweepClient>(),
                provider.GetRequiredService<ISweepLedger>(),
                provider.GetRequiredService<IClusterMembership>(),
                provider.GetRequiredService<TimeProvider>()
            ),
            provider.GetRequiredService<ILogger<OperatorConsole>>()
        ));
        return services;
    }
}
