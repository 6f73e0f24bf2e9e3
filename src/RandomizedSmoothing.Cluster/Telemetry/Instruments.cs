using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RandomizedSmoothing.Cluster.Telemetry;

/// <summary>What workers and coordinators tell to whoever listens: metrics and traces under one name, free while nobody does.</summary>
public static class Instruments
{
    /// <summary>Name of the meter and of the source of traces.</summary>
    public const string Name = "RandomizedSmoothing";

    /// <summary>The label that names a worker.</summary>
    public const string Worker = "worker";

    private static readonly Meter Meter = new(Name);
    private static readonly double[] Seconds = [0.1, 0.5, 1, 2, 5, 10, 20, 60, 300, 1800];

    /// <summary>Traces: a sweep, in it its cells, in them their shards.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Noisy images classified by this process's devices.</summary>
    public static Counter<long> Draws { get; } =
        Meter.CreateCounter<long>(
            "rsmooth.worker.draws",
            "{draw}",
            "Noisy images classified by the devices of this node."
        );

    /// <summary>Shards and trainings that this process's devices have ended, by outcome.</summary>
    public static Counter<long> Work { get; } =
        Meter.CreateCounter<long>(
            "rsmooth.worker.work",
            "{unit}",
            "Shards and training runs that devices of this node have ended, by kind and outcome."
        );

    /// <summary>How long devices held them.</summary>
    public static Histogram<double> Duration { get; } =
        Meter.CreateHistogram(
            "rsmooth.worker.work.duration",
            "s",
            "How long a device held a shard or a training run.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds }
        );

    /// <summary>
    /// From the grant of a shard until all its votes were recorded, by <see cref="Worker"/>: for listeners in this process. What
    /// leaves it has no such label, of which a large cluster would make thousands of series.
    /// </summary>
    public static Histogram<double> Shards { get; } =
        Meter.CreateHistogram(
            "rsmooth.coordinator.shard.duration",
            "s",
            "From the grant of a shard until all its votes were recorded.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds }
        );
}
