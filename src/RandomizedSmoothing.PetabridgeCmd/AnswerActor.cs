using Akka.Actor;
using Petabridge.Cmd;
using RandomizedSmoothing.Node.Operations;

namespace RandomizedSmoothing.PetabridgeCmd;

/// <summary>
/// Sends the lines of one answer to the client and ends with it. When the client goes, its handler and with it this actor is
/// stopped, and the command is cancelled.
/// </summary>
internal sealed class AnswerActor : ReceiveActor
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly OperatorConsole _console;
    private readonly string _line;
    private readonly bool _mayChange;
    private readonly IActorRef _client;

    public AnswerActor(OperatorConsole console, string line, bool mayChange, IActorRef client)
    {
        (_console, _line, _mayChange, _client) = (console, line, mayChange, client);
        Receive<ConsoleLine>(Send);
        Receive<Status.Failure>(failure =>
        {
            _client.Tell(new ErroredCommandResponse($"The command was not carried out: {failure.Cause.Message}"));
            Context.Stop(Self);
        });
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    protected override void PreStart()
    {
        Context.Watch(_client);
        var self = Self;
        RunAsync(self).PipeTo(self);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    // The last line ends the command; it comes back as the task's result, behind those told before it.
    private async Task<ConsoleLine> RunAsync(IActorRef self)
    {
        var token = _stopped.Token;
        await foreach (var line in _console.RunAsync(_line, _mayChange, token))
        {
            if (line.Outcome != ConsoleOutcome.None)
            {
                return line;
            }

            self.Tell(line);
        }

        return new ConsoleLine("", ConsoleOutcome.Done);
    }

    private void Send(ConsoleLine line)
    {
        switch (line.Outcome)
        {
            case ConsoleOutcome.None:
                _client.Tell(new CommandResponse(line.Text, false));
                return;
            case ConsoleOutcome.Failed:
                _client.Tell(new ErroredCommandResponse(line.Text));
                break;
            default:
                _client.Tell(CommandResponse.Empty);
                break;
        }

        Context.Stop(Self);
    }
}
