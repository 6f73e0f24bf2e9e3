using System.Collections.Concurrent;
using System.Diagnostics;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Simulation;

/// <summary>Devices that wait instead of computing and then vote for class 0.</summary>
internal sealed class IdleDevices(int devices, TimeSpan perImage) : IShardRunnerFactory
{
    /// <summary>Seconds that every shard waited.</summary>
    public ConcurrentQueue<double> Waited { get; } = new();

    /// <inheritdoc />
    public IReadOnlyList<DeviceDescription> Devices { get; } =
    [
        .. Enumerable
            .Range(0, devices)
            .Select(i => new DeviceDescription(FormattableString.Invariant($"idle:{i}"), "cpu", "simulated")),
    ];

    /// <inheritdoc />
    public IShardRunner Create(DeviceDescription device) => new Runner(this, device, perImage);

    private sealed class Runner(IdleDevices all, DeviceDescription device, TimeSpan perImage) : IShardRunner
    {
        public DeviceDescription Device => device;

        public void Run(ShardAssignment assignment, IVoteSink sink, CancellationToken cancellation)
        {
            var start = Stopwatch.GetTimestamp();
            if (cancellation.WaitHandle.WaitOne(perImage * assignment.Shard.Count))
            {
                cancellation.ThrowIfCancellationRequested();
            }

            all.Waited.Enqueue(Stopwatch.GetElapsedTime(start).TotalSeconds);

            var dataset = assignment.Sweep.DatasetOf(assignment.Cell);
            var plan = assignment.Sweep.Plan;
            sink.Report([
                .. Enumerable
                    .Range(assignment.Shard.First, assignment.Shard.Count)
                    .SelectMany(ordinal =>
                        new[]
                        {
                            Votes(dataset.IndexOf(ordinal), DrawStream.Selection, plan.N0),
                            Votes(dataset.IndexOf(ordinal), DrawStream.Estimation, plan.N),
                        }
                    ),
            ]);
        }

        public TrainingResult Train(
            TrainingTask task,
            ContentHash? checkpoint,
            IProgress<TrainingProgress> progress,
            CancellationToken cancellation
        ) => throw new NotSupportedException("Simulated devices do not train.");

        public ThroughputReading Measure(ThroughputTask task, CancellationToken cancellation) =>
            throw new NotSupportedException("Simulated devices compute nothing.");

        public void Dispose() { }

        private static VoteSnapshot Votes(int image, DrawStream stream, long draws) =>
            new(image, stream, new VoteCounts(draws, 0), 0);
    }
}
