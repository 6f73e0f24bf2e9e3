using Akka.Actor;
using Petabridge.Cmd;
using Petabridge.Cmd.Host;
using RandomizedSmoothing.Node.Operations;

namespace RandomizedSmoothing.PetabridgeCmd;

/// <summary>Answers one client's commands of one module, each by a child, so that a long one does not hold up the next.</summary>
public sealed class OperatorCommandActor : CommandHandlerActor
{
    public OperatorCommandActor(CommandPalette palette, OperatorConsole console, bool mayChange)
        : base(palette)
    {
        foreach (var command in console.Palette.Commands.Where(c => c.Module == palette.ModuleName))
        {
            Process(
                command.Name,
                (received, _) =>
                {
                    var (client, line) = (Sender, OperatorPalettes.Line(command, received.Arguments));
                    Context.ActorOf(Props.Create(() => new AnswerActor(console, line, mayChange, client)));
                }
            );
        }
    }
}
