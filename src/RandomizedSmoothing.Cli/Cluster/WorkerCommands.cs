using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.Cluster;

/// <summary>The verbs about machines: <c>workers</c> and <c>drain</c>.</summary>
public static class WorkerCommands
{
    /// <summary>Builds them.</summary>
    public static IEnumerable<Command> Create(Terminal terminal) => [List(terminal), Drain(terminal)];

    private static Command List(Terminal terminal)
    {
        var output = OutputOption.Create();
        var advise = new Option<bool>("--advise")
        {
            Description = "Say instead how many workers finish the pending work by when, and at which cost.",
        };
        var deadline = new Option<string?>("--deadline")
        {
            Description = "With --advise: in which time it should be done, as 2h or 30m.",
            HelpName = "DURATION",
        };
        var cost = NumberOptions.Number(
            "--cost-per-hour",
            "With --advise: what one worker costs an hour, in any currency",
            "at least 0",
            c => c >= 0
        );
        return ClusterCommand.Create(
            terminal,
            "workers",
            "List the workers of a cluster with their devices and what these are doing; or advise how many there should be.",
            [output, advise, deadline, cost],
            async (client, parsed, cancellation) =>
            {
                if (parsed.GetValue(advise))
                {
                    return await WorkerAdvice.WriteAsync(
                        client,
                        parsed.GetValue(deadline),
                        parsed.GetValue(cost),
                        parsed.GetValue(output),
                        terminal,
                        cancellation
                    );
                }

                var workers = await client.GetAsync<IReadOnlyList<WorkerInfo>>("/api/v1/workers", cancellation);
                var table = new RowTable("worker", "device", "kind", "state", "draws/s", "work", "description");
                foreach (var worker in workers)
                {
                    foreach (var device in worker.Devices)
                    {
                        var state =
                            device.Suspicion is { } doubt ? $"suspect: {doubt}"
                            : worker.Draining ? "draining"
                            : device.Work is null ? "idle"
                            : "busy";
                        table.Add(
                            worker.Name,
                            device.Name,
                            device.Kind,
                            state,
                            device.Work is null ? null : Math.Round(device.DrawsPerSecond),
                            device.Work,
                            device.Description
                        );
                    }
                }

                table.Write(terminal.Out, parsed.GetValue(output));
                return ExitCodes.Done;
            }
        );
    }

    private static Command Drain(Terminal terminal)
    {
        var worker = new Argument<string>("worker")
        {
            Description = "Name of the worker, as 'rsmooth workers' lists it.",
        };
        return ClusterCommand.Create(
            terminal,
            "drain",
            "Let a worker hand back its shards with what it has counted, and give it no more.",
            [worker],
            async (client, parsed, cancellation) =>
            {
                var name = parsed.GetRequiredValue(worker);
                await client.TellAsync(
                    HttpMethod.Post,
                    $"/api/v1/workers/{Uri.EscapeDataString(name)}/drain",
                    null,
                    cancellation
                );
                await terminal.Error.WriteLineAsync($"{name} is draining");
                return ExitCodes.Done;
            }
        );
    }
}
