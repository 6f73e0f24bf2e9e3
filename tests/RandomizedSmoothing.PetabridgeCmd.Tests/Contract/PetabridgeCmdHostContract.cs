using Akka.Actor;
using Akka.Hosting;

namespace Petabridge.Cmd.Host
{
    // The public surface of Petabridge.Cmd.Host that the adapter uses. Not the package: nothing here is ever shipped.

    public abstract class CommandPaletteHandler(CommandPalette palette)
    {
        public CommandPalette Palette => palette;

        public abstract Props HandlerProps { get; }
    }

    public abstract class CommandHandlerActor(CommandPalette palette) : ReceiveActor
    {
        protected void Process(string name, Action<Command, object> handle)
        {
            palette.Commands.ShouldContain(c => c.Name == name);
            Receive<Command>(command => command.Name == name, command => handle(command, command.Arguments));
        }
    }

    public sealed class PetabridgeCmdOptions
    {
        public string? Host { get; set; }

        public int? Port { get; set; }
    }

    public sealed class PetabridgeCmd
    {
        internal List<CommandPaletteHandler> Handlers { get; } = [];

        public void RegisterCommandPalette(CommandPaletteHandler handler) => Handlers.Add(handler);
    }

    public static class PetabridgeCmdHostingExtensions
    {
        internal static List<(PetabridgeCmdOptions Options, PetabridgeCmd Host)> Started { get; } = [];

        public static AkkaConfigurationBuilder AddPetabridgeCmd(
            this AkkaConfigurationBuilder builder,
            PetabridgeCmdOptions options,
            Action<PetabridgeCmd> hostConfiguration
        )
        {
            var host = new PetabridgeCmd();
            hostConfiguration(host);
            Started.Add((options, host));
            return builder;
        }
    }
}

namespace Petabridge.Cmd.Cluster
{
    public sealed class ClusterCommands : Host.CommandPaletteHandler
    {
        public static readonly ClusterCommands Instance = new();

        private ClusterCommands()
            : base(new CommandPalette("cluster", [])) { }

        public override Props HandlerProps => Props.Empty;
    }
}

namespace Petabridge.Cmd.Cluster.Sharding
{
    public sealed class ClusterShardingCommands : Host.CommandPaletteHandler
    {
        public static readonly ClusterShardingCommands Instance = new();

        private ClusterShardingCommands()
            : base(new CommandPalette("cluster-sharding", [])) { }

        public override Props HandlerProps => Props.Empty;
    }
}
