using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Petabridge.Cmd.Cluster;
using Petabridge.Cmd.Cluster.Sharding;
using Petabridge.Cmd.Host;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.PetabridgeCmd;

/// <summary>Opens a control node to the <c>pbm</c> client.</summary>
public static class PetabridgeCmdHosting
{
    /// <summary>The port that <c>pbm</c> tries by itself.</summary>
    public const int DefaultPort = 9110;

    /// <summary>
    /// Opens a control node to <c>pbm</c> on the address on which it listens for other nodes: loopback unless the node is told
    /// otherwise, and never more open than the cluster's own port.
    /// </summary>
    public static void Add(NodeOptions options, IServiceCollection services)
    {
        if (options.IsControl)
        {
            services.AddSingleton<ActorSystemExtension>(
                (builder, provider) => builder.AddOperatorPalettes(provider, options.Host, DefaultPort, mayChange: true)
            );
        }
    }

    /// <summary>
    /// Listens for <c>pbm</c> and serves the operator commands, with Petabridge.Cmd's own palettes for cluster and sharding.
    /// The protocol knows no users: whoever reaches the port may do what <paramref name="mayChange"/> allows.
    /// </summary>
    /// <param name="builder">The node's actor system.</param>
    /// <param name="provider">Holds the <see cref="OperatorConsole"/>.</param>
    /// <param name="host">Address to listen on.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="mayChange">Whether commands that change something are served.</param>
    public static AkkaConfigurationBuilder AddOperatorPalettes(
        this AkkaConfigurationBuilder builder,
        IServiceProvider provider,
        string host,
        int port,
        bool mayChange
    ) =>
        builder.AddPetabridgeCmd(
            options: new PetabridgeCmdOptions { Host = host, Port = port },
            hostConfiguration: cmd =>
            {
                var console = provider.GetRequiredService<OperatorConsole>();
                foreach (var palette in OperatorPalettes.Of(console.Palette))
                {
                    cmd.RegisterCommandPalette(new OperatorPaletteHandler(palette, console, mayChange));
                }

                if (mayChange)
                {
                    cmd.RegisterCommandPalette(ClusterCommands.Instance);
                    cmd.RegisterCommandPalette(ClusterShardingCommands.Instance);
                }
            }
        );
}
