using System.CommandLine;
using RandomizedSmoothing.Cli.Cluster;
using RandomizedSmoothing.Node.Access;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Cli.Operations;

/// <summary><c>rsmooth console</c>: operator commands, one by one or one at all.</summary>
public static class ConsoleCommand
{
    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("words")
        {
            Description =
                $"HOST:PORT or URL of a control node (default: ${ClusterOption.Variable}, else this machine), then a command; without one, commands are read until 'exit'.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var cluster = ClusterOption.Create();
        cluster.Description = "The same address as an option; of several, separated by commas, the first is asked.";
        var keyFile = ApiKeyOption.Create();
        var command = new Command(
            "console",
            "Operator commands of a running cluster: MODULE COMMAND -switch value; 'help' lists them."
        )
        {
            words,
            cluster,
            keyFile,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    parsed.GetValue(words) ?? [],
                    parsed.GetValue(cluster),
                    ApiKeyOption.Read(parsed.GetValue(keyFile), terminal),
                    terminal,
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string[] words,
        string? cluster,
        string? key,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var named = words.Length > 0 && words[0].Contains(':', StringComparison.Ordinal);
        using var http = new HttpClient(new KeyedHandler(key, new SocketsHttpHandler()))
        {
            BaseAddress = NodeAddress.Of(named ? words[0] : null, cluster, terminal),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var client = new ConsoleClient(http);
        var runner = new LineRunner(client, terminal);
        string[] command = [.. words.Skip(named ? 1 : 0)];
        if (command.Length > 0)
        {
            return await runner.RunAsync(CommandWords.Join(command), cancellation);
        }

        return terminal is { IsInteractive: true, IsOutputInteractive: true, Keyboard: { } keyboard }
            ? await new InteractiveSession(client, runner, keyboard, terminal).RunAsync(cancellation)
            : await RunScriptAsync(runner, terminal, cancellation);
    }

    private static async Task<int> RunScriptAsync(LineRunner runner, Terminal terminal, CancellationToken cancellation)
    {
        var worst = ExitCodes.Done;
        while (await terminal.In.ReadLineAsync(cancellation) is { } line)
        {
            var text = line.Trim();
            if (InteractiveSession.IsEnd(text))
            {
                break;
            }

            if (text.Length > 0 && text[0] != '#')
            {
                worst = Math.Max(worst, await runner.RunAsync(text, cancellation));
            }
        }

        return worst;
    }
}
