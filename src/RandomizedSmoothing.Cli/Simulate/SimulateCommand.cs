using System.CommandLine;
using System.Diagnostics;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Cluster.Simulation;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.Simulate;

/// <summary><c>rsmooth simulate</c>: what the coordinator can bear, with devices that compute nothing.</summary>
public static class SimulateCommand
{
    /// <summary>Builds the verb.</summary>
    public static Command Create(Terminal terminal)
    {
        var workers = NumberOptions.Whole("--workers", "Workers with one device each", 1, 100_000, 1000);
        var shards = NumberOptions.Whole(
            "--shards",
            "Work, as shards of --shard-seconds on an ordinary device",
            1,
            20_000_000,
            1_000_000
        );
        var seconds = NumberOptions.Number(
            "--shard-seconds",
            "Seconds that a shard is to take",
            "greater than 0 and at most 3600",
            s => s is > 0 and <= 3600,
            5
        );
        var kills = NumberOptions.Number(
            "--kill-rate",
            "How often each worker is killed, times an hour",
            "from 0 to 60",
            k => k is >= 0 and <= 60,
            0
        );
        var seed = NumberOptions.Whole("--seed", "Of speeds and kills", 0, int.MaxValue, 0);
        var real = new Option<bool>("--real-time")
        {
            Description =
                "Not virtual time but two actor systems over loopback with a SQLite ledger; nothing is killed.",
        };
        var output = OutputOption.Create();
        var command = new Command(
            "simulate",
            "Drive the real coordinator with devices that only pass time: grants a second, memory, tail, recovery."
        )
        {
            workers,
            shards,
            seconds,
            kills,
            seed,
            real,
            output,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var plan = new SimulationPlan
                {
                    Workers = parsed.GetValue(workers),
                    Shards = parsed.GetValue(shards),
                    ShardSeconds = parsed.GetValue(seconds),
                    KillsPerWorkerHour = parsed.GetValue(kills),
                    Seed = parsed.GetValue(seed),
                };
                if (parsed.GetValue(real))
                {
                    RequireRealTime(plan);
                }

                var table = parsed.GetValue(real)
                    ? await InRealTimeAsync(plan, cancellation)
                    : await Task.Run(() => Virtual(plan, cancellation), cancellation);
                table.Write(terminal.Out, parsed.GetValue(output));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static RowTable Virtual(SimulationPlan plan, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var report = SchedulerSimulation.Run(plan, cancellation);
        return new RowTable("figure", "value", "unit")
            .Add("completed", report.Completed, "")
            .Add("grants", report.Grants, "leases")
            .Add("grants per second of one core", Math.Round(report.GrantsPerSecond), "1/s")
            .Add("coordinator's time", Round(report.CoordinatorSeconds), "s")
            .Add("coordinator's load during the sweep", Round(100 * report.CoordinatorLoad), "% of a core")
            .Add("memory in the middle", Round(report.MemoryBytes / 1e6), "MB")
            .Add("writes to the ledger, votes aside", report.LedgerWrites, "")
            .Add("sweep", Round(report.SweepSeconds), "s, simulated")
            .Add("shard, median", Round(report.ShardSeconds.Median), "s")
            .Add("shard, longest", Round(report.ShardSeconds.Most), "s")
            .Add("last shards, median", Round(report.LastShardSeconds.Median), "s")
            .Add("from the first idle device to the end", Round(report.TailSeconds), "s")
            .Add("devices idle", Round(100 * report.IdleShare), "% of their time")
            .Add("kills", report.Kills, "")
            .Add("images counted twice", Round(100 * report.RecountedShare), "%")
            .Add("lost work granted again, median", Round(report.RecoverySeconds.Median), "s after the death")
            .Add("lost work granted again, latest", Round(report.RecoverySeconds.Most), "s after the death")
            .Add("this took", Round(Stopwatch.GetElapsedTime(start).TotalSeconds), "s");
    }

    private static async Task<RowTable> InRealTimeAsync(SimulationPlan plan, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("rsmooth-simulate-");
        try
        {
            var one = await LoopbackCluster.MeasureOverheadAsync(folder.FullName, cancellation: cancellation);
            var flush = LoopbackCluster.MeasureFlush(folder.FullName);
            var all = await LoopbackCluster.RunAsync(plan, folder.FullName, cancellation);
            return new RowTable("figure", "value", "unit")
                .Add("completed", one.Completed && all.Completed, "")
                .Add("overhead of one shard, grant to recorded, median", Round(1000 * one.Overhead), "ms")
                .Add("of that, one flush of this disk", Round(1000 * flush), "ms")
                .Add("shards", all.Shards, "")
                .Add("sweep", Round(all.Seconds), "s")
                .Add("grants", Round(all.Shards / all.Seconds), "1/s")
                .Add("processor time of the whole cluster", Round(all.CpuSeconds), "s")
                .Add("processor time of one shard", Round(1000 * all.CpuSeconds / Math.Max(1, all.Shards)), "ms");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void RequireRealTime(SimulationPlan plan)
    {
        if (plan.Workers > 64)
        {
            throw new UserErrorException(
                $"--workers is {plan.Workers}: it must be at most 64 with --real-time, where each worker has a thread of its own."
            );
        }

        if (plan.KillsPerWorkerHour > 0)
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"--kill-rate is {plan.KillsPerWorkerHour}: it must be 0 with --real-time, where nothing is killed."
                )
            );
        }
    }

    private static double Round(double value) =>
        value == 0 ? 0 : Math.Round(value, Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 4));
}
