using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Simulation;

/// <summary>A sweep that ran in real time through a whole cluster whose devices compute nothing.</summary>
/// <param name="Completed">Whether every image was recorded.</param>
/// <param name="Shards">Shards that were recorded.</param>
/// <param name="Seconds">From the first grant to the end, wall clock.</param>
/// <param name="CpuSeconds">Processor time of this process: coordinator, aggregators, ledger and workers.</param>
/// <param name="GrantToRecorded">Seconds of one shard from its grant until its votes were on disk.</param>
/// <param name="Overhead">The median of that without what the device waited, once the code was warm.</param>
public sealed record LoopbackReport(
    bool Completed,
    int Shards,
    double Seconds,
    double CpuSeconds,
    Spread GrantToRecorded,
    double Overhead
);

/// <summary>
/// A control node and a worker node, two actor systems that talk over TCP on loopback, with a SQLite ledger and devices that
/// only wait: what is left is the cost of the cluster itself.
/// </summary>
public static class LoopbackCluster
{
    private static readonly TimeSpan BetweenShards = TimeSpan.FromMilliseconds(40);

    /// <summary>
    /// The overhead of one shard: shards of one image, one after another on one device that waits a moment for each and holds
    /// none ready, so that grant, hand-over, recording and report of one are all that is measured. Those that come first do not
    /// count, because a cluster runs for hours and its code is compiled in its first seconds.
    /// </summary>
    /// <param name="folder">Where the ledger is made; must exist.</param>
    /// <param name="shards">How many count, at least 1.</param>
    /// <param name="warmUp">How many come before them.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Task<LoopbackReport> MeasureOverheadAsync(
        string folder,
        int shards = 100,
        int warmUp = 200,
        CancellationToken cancellation = default
    )
    {
        var sweep = new SimulationPlan { Shards = 1 }.Sweep();
        var dataset = sweep.Datasets[0] with { Labels = [.. new int[warmUp + shards]] };
        return RunAsync(
            sweep with
            {
                Datasets = [dataset],
                Execution = sweep.Execution with { ShardImages = 1 },
            },
            new IdleDevices(1, BetweenShards),
            folder,
            prefetch: false,
            warmUp,
            cancellation
        );
    }

    /// <summary>The median of seconds that the disk of a folder takes to make 4 KiB durable: the floor of any record.</summary>
    public static double MeasureFlush(string folder)
    {
        var seconds = new List<double>();
        using var file = new FileStream(
            Path.Combine(folder, "flush"),
            FileMode.Create,
            FileAccess.Write,
            FileShare.None,
            1,
            FileOptions.DeleteOnClose
        );
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(new byte[4096]);
            file.Flush(flushToDisk: true);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Spread.Of(seconds).Median;
    }

    /// <summary>Runs a plan in real time; its workers are devices of one worker node.</summary>
    /// <param name="plan">What to run; nothing is killed.</param>
    /// <param name="folder">Where the ledger is made; must exist.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Task<LoopbackReport> RunAsync(SimulationPlan plan, string folder, CancellationToken cancellation)
    {
        var perImage = TimeSpan.FromSeconds(plan.ShardSeconds / SimulationPlan.ImagesPerShard);
        return RunAsync(
            plan.Sweep(),
            new IdleDevices(plan.Workers, perImage),
            folder,
            prefetch: true,
            warmUp: 0,
            cancellation
        );
    }

    private static async Task<LoopbackReport> RunAsync(
        SweepDefinition sweep,
        IdleDevices devices,
        string folder,
        bool prefetch,
        int warmUp,
        CancellationToken cancellation
    )
    {
        var name = $"simulated-{Guid.NewGuid():N}";
        await using var ledger = new SqliteSweepLedger(
            Path.Combine(folder, FormattableString.Invariant($"simulated-{devices.Devices.Count}.db")),
            TimeProvider.System
        );
        await using var control = await SweepCluster.StartAsync(
            new ClusterOptions { Roles = [ClusterOptions.ControlRole] },
            ledger,
            null,
            cancellation: cancellation
        );
        var address = Akka.Cluster.Cluster.Get(control.Services.GetRequiredService<ActorSystem>()).SelfAddress;
        await using var worker = await SweepCluster.StartAsync(
            new ClusterOptions
            {
                Roles = [ClusterOptions.WorkerRole],
                Name = name,
                Prefetch = prefetch,
                Seeds = [FormattableString.Invariant($"{address.Host}:{address.Port}")],
            },
            null,
            devices,
            cancellation: cancellation
        );
        while ((await control.Client.GetWorkersAsync(cancellation)).Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }

        var durations = new ConcurrentQueue<double>();
        using var listener = Listen(name, durations);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await control.Client.SubmitAsync(sweep, cancellation);
        var state = SweepState.Pending;
        await foreach (var progress in control.Client.WatchAsync(sweep.Id, cancellation))
        {
            state = progress.State;
        }

        process.Refresh();
        return new LoopbackReport(
            state == SweepState.Completed,
            durations.Count,
            Stopwatch.GetElapsedTime(start).TotalSeconds,
            (process.TotalProcessorTime - cpu).TotalSeconds,
            Spread.Of(durations),
            Spread.Of(durations.Skip(warmUp)).Median - Spread.Of(devices.Waited.Skip(warmUp)).Median
        );
    }

    private static MeterListener Listen(string worker, ConcurrentQueue<double> durations)
    {
        // Taken before the listener is there, which is told of an instrument while that is being made.
        var shards = Instruments.Shards;
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument == shards)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(
            (_, seconds, labels, _) =>
            {
                if (labels.Length == 1 && labels[0].Value is string name && name == worker)
                {
                    durations.Enqueue(seconds);
                }
            }
        );
        listener.Start();
        return listener;
    }
}
