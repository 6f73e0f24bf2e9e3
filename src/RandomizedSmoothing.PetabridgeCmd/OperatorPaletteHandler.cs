using Akka.Actor;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;
using RandomizedSmoothing.Node.Operations;

namespace RandomizedSmoothing.PetabridgeCmd;

/// <summary>Serves one module: Petabridge.Cmd makes one handler actor of it per connected client.</summary>
public sealed class OperatorPaletteHandler : CommandPaletteHandler
{
    /// <param name="palette">The module's commands.</param>
    /// <param name="console">Carries them out.</param>
    /// <param name="mayChange">Whether commands that change something are carried out.</param>
    public OperatorPaletteHandler(CommandPalette palette, OperatorConsole console, bool mayChange)
        : base(palette)
    {
        HandlerProps = Props.Create(() => new OperatorCommandActor(palette, console, mayChange));
    }

    /// <inheritdoc />
    public override Props HandlerProps { get; }
}
