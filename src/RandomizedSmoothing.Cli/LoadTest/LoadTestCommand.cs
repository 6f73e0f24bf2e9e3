using System.CommandLine;
using System.Globalization;
using RandomizedSmoothing.Cli.Cluster;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary><c>rsmooth load-test</c>: many readers of a control node at once, and what they cost the sweeps.</summary>
public static class LoadTestCommand
{
    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var streams = NumberOptions.Whole("--streams", "Readers of event streams", 0, 10_000, 200);
        var rate = NumberOptions.Whole(
            "--requests",
            "Requests a second for lists and progress; the node's rate-limit must be above it",
            1,
            100_000,
            1000
        );
        var warmUp = NumberOptions.Whole(
            "--warm-up",
            "For how many seconds it is read before anything counts, as a node compiles its code when it is first used",
            0,
            3600,
            30
        );
        var seconds = NumberOptions.Whole(
            "--seconds",
            "For how many seconds it is read without a break, for errors and latencies",
            1,
            3600,
            60
        );
        var pairs = NumberOptions.Whole(
            "--pairs",
            "How often the sweep is then timed without readers and with them; six pairs or more give an interval",
            0,
            1000,
            40
        );
        var slice = NumberOptions.Whole(
            "--slice",
            "For how many seconds each time; the first quarter, a second at most, does not count",
            1,
            600,
            3
        );
        var loss = NumberOptions.Whole(
            "--max-loss",
            "The loss of the sweep's speed, in percent, that is still good",
            1,
            100,
            5
        );
        var self = new Option<bool>("--self")
        {
            Description =
                "Start a control node and a worker with one device on this machine, with a sweep and a ledger to throw away.",
        };
        var pin = new Option<bool>("--pin")
        {
            Description =
                "With --self: give the worker one processor for itself and all else the others, as where nodes lend workers whole processors (Linux).",
        };
        var output = OutputOption.Create();
        var sweep = new Argument<string?>("sweep")
        {
            Description = "Id of a running sweep, as 'rsmooth ls' lists it; none with --self.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return ClusterCommand.Create(
            terminal,
            "load-test",
            "Read a control node as many people would, while a sweep runs; says errors, latencies and the sweep's speed.",
            [sweep, self, pin, streams, rate, warmUp, seconds, pairs, slice, loss, output],
            async (client, parsed, cancellation) =>
            {
                var load = new LoadPlan(
                    parsed.GetValue(streams),
                    parsed.GetValue(rate),
                    TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                    TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                    parsed.GetValue(pairs),
                    TimeSpan.FromSeconds(parsed.GetValue(slice)),
                    parsed.GetValue(loss) / 100d
                );
                var id = parsed.GetValue(sweep);
                if (id is null != parsed.GetValue(self))
                {
                    throw new UserErrorException(
                        "Name a running sweep of the cluster, as 'rsmooth ls' lists it, or give --self to try a cluster of its own; not both."
                    );
                }

                if (id is not null && parsed.GetValue(pin))
                {
                    throw new UserErrorException("--pin places processes of the test's own: give it with --self.");
                }

                var report = id is null
                    ? await OnOwnClusterAsync(
                        load,
                        parsed.GetValue(pin) ? ProcessorShares.Of() : null,
                        terminal,
                        cancellation
                    )
                    : await new LoadRun(client, id, load, terminal.Time).RunAsync(null, cancellation);
                report.Table().Write(terminal.Out, parsed.GetValue(output));
                var misses = report.Misses(load).ToList();
                foreach (var miss in misses)
                {
                    await terminal.Error.WriteLineAsync($"missed: {miss}");
                }

                return misses.Count == 0 ? ExitCodes.Done : ExitCodes.Error;
            }
        );
    }

    private static async Task<LoadReport> OnOwnClusterAsync(
        LoadPlan load,
        ProcessorShares? shares,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        await terminal.Error.WriteLineAsync("A control node and a worker start; their sweep trains its network first.");
        await using var cluster = await OwnCluster.StartAsync(load, shares, terminal.Time, cancellation);
        await terminal.Error.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The sweep runs: {load.WarmUp.TotalSeconds:0} s of readers to warm up, {load.Length.TotalSeconds:0} s that count, then {load.Pairs} times {load.Slice.TotalSeconds:0} s without and {load.Slice.TotalSeconds:0} s with."
            )
        );
        return await new LoadRun(cluster.Client, cluster.Sweep, load, terminal.Time).RunAsync(
            cluster.Processes,
            cancellation
        );
    }
}
