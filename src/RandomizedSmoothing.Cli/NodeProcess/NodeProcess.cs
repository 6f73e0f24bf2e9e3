using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Cli.NodeProcess;

/// <summary>Runs a node until the process is told to stop (SIGTERM, Ctrl-C) or the cluster puts the node out.</summary>
internal static class NodeProcess
{
    private static readonly TimeSpan Leave = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(NodeOptions options, Terminal terminal, CancellationToken cancellation)
    {
        foreach (var warning in options.Warnings)
        {
            await terminal.Error.WriteLineAsync($"warning: {warning}");
        }

        if (await StartAsync(options, cancellation) is not { } started)
        {
            await terminal.Error.WriteLineAsync("rsmooth node was told to stop before it had started");
            return ExitCodes.Done;
        }

        await using var node = started;
        var roles = options.Roles.ToString().ToLowerInvariant();
        await terminal.Error.WriteLineAsync($"rsmooth node ({roles}) at {node.Address}, HTTP at {node.Http}");
        if (await node.WaitAsync(cancellation) is { } reason)
        {
            await terminal.Error.WriteLineAsync(
                $"error: {reason} Start it again; it joins as a new node and nothing is lost."
            );
            await EndAsync(node, options);
            return ExitCodes.Error;
        }

        await terminal.Error.WriteLineAsync("rsmooth node is draining");
        await node.StopAsync();
        await terminal.Error.WriteLineAsync("rsmooth node has left the cluster");
        return ExitCodes.Done;
    }

    // What a node that is out still shuts down may wait for others, who no longer answer it.
    private static async Task EndAsync(NodeHost node, NodeOptions options)
    {
        try
        {
            await node.StopAsync().WaitAsync(options.DrainTimeout + Leave);
        }
        catch (TimeoutException)
        {
            Environment.Exit(ExitCodes.Error);
        }
    }

    // Null: told to stop while starting, by the token or by the host's own handler of signals.
    private static async Task<NodeHost?> StartAsync(NodeOptions options, CancellationToken cancellation)
    {
        try
        {
            return await NodeHost.StartAsync(options, NodeAdditions.Parts(), cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
