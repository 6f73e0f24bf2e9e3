using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Cli.Operations;

/// <summary>Reads commands and carries them out until <c>exit</c>. Ctrl-C ends the command that runs, not the session.</summary>
internal sealed class InteractiveSession(ConsoleClient client, LineRunner runner, IKeyboard keyboard, Terminal terminal)
{
    private const string Prompt = "rsmooth> ";

    /// <summary>Runs the session.</summary>
    /// <returns>Done; a node that cannot be reached at the start is an error.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var palette = await client.ReadPaletteAsync(cancellation);
        var completion = new PaletteCompletion(palette, AskAsync);
        var history = LineHistory.OfUser(terminal);
        var editor = new LineEditor(keyboard, terminal.Out, history, completion.OfAsync);
        await terminal.Out.WriteLineAsync("'help' lists the commands, Tab completes, 'exit' ends.");
        while (await editor.ReadAsync(Prompt, cancellation) is { } line)
        {
            var text = line.Trim();
            if (IsEnd(text))
            {
                break;
            }

            if (text.Length > 0)
            {
                history.Add(text);
                await RunAsync(text, cancellation);
            }
        }

        return ExitCodes.Done;
    }

    /// <summary>Whether a line ends a session, typed or piped.</summary>
    public static bool IsEnd(string line) => line is "exit" or "quit";

    private async Task RunAsync(string line, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupt = keyboard.OnInterrupt(stop.Cancel);
        try
        {
            await runner.RunAsync(line, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("interrupted");
        }
        catch (UserErrorException error)
        {
            await terminal.Error.WriteLineAsync($"error: {error.Message}");
        }
    }

    private async Task<string?> AskAsync(string line, CancellationToken cancellation)
    {
        string? first = null;
        try
        {
            await foreach (var answer in client.RunAsync(line, cancellation))
            {
                first ??= answer.Outcome == ConsoleOutcome.None ? answer.Text : null;
            }
        }
        catch (UserErrorException)
        {
            // No completion of values then.
        }

        return first;
    }
}
