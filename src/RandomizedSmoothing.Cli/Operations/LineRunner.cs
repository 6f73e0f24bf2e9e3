using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Cli.Operations;

/// <summary>Sends a line to the node and prints what it answers.</summary>
internal sealed class LineRunner(ConsoleClient client, Terminal terminal)
{
    /// <summary>Answers go to standard output, refusals to standard error.</summary>
    /// <returns>Done, or bad input when the node refused.</returns>
    public async Task<int> RunAsync(string line, CancellationToken cancellation)
    {
        await foreach (var answer in client.RunAsync(line, cancellation))
        {
            switch (answer.Outcome)
            {
                case ConsoleOutcome.None:
                    await terminal.Out.WriteLineAsync(answer.Text);
                    await terminal.Out.FlushAsync(cancellation);
                    break;
                case ConsoleOutcome.Failed:
                    await terminal.Error.WriteLineAsync($"error: {answer.Text}");
                    return ExitCodes.BadInput;
            }
        }

        return ExitCodes.Done;
    }
}
