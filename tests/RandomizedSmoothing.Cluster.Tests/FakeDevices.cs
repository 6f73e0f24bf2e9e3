using System.Collections.Concurrent;
using System.Globalization;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>What a fake device meets; hooks run on the device's own thread.</summary>
internal sealed class FakeDevices : IShardRunnerFactory
{
    private readonly string _prefix;

    public FakeDevices(int devices = 1, string prefix = "cpu")
    {
        _prefix = prefix;
        Devices =
        [
            .. Enumerable
                .Range(0, devices)
                .Select(i => new DeviceDescription(
                    string.Create(CultureInfo.InvariantCulture, $"{_prefix}:{i}"),
                    "cpu",
                    "imaginary processor"
                )),
        ];
    }

    public IReadOnlyList<DeviceDescription> Devices { get; }

    /// <summary>Draws between two reports of an image.</summary>
    public long DrawsPerReport { get; init; } = 64;

    /// <summary>Called before a shard is counted.</summary>
    public Action<ShardAssignment, CancellationToken>? BeforeShard { get; set; }

    /// <summary>Called after each report.</summary>
    public Action<ShardAssignment, VoteSnapshot, CancellationToken>? AfterReport { get; set; }

    /// <summary>Called during a training.</summary>
    public Action<TrainingTask, CancellationToken>? DuringTraining { get; set; }

    /// <summary>What a device measures; null for one figure.</summary>
    public Func<ThroughputTask, DeviceDescription, ThroughputReading>? OnMeasure { get; set; }

    /// <summary>Changes what is reported, for devices that err.</summary>
    public Func<VoteSnapshot, VoteSnapshot>? Corrupt { get; set; }

    /// <summary>Every shard that was begun.</summary>
    public ConcurrentQueue<ShardAssignment> Begun { get; } = new();

    /// <summary>Every training that was begun.</summary>
    public ConcurrentQueue<TrainingTask> Trained { get; } = new();

    /// <summary>Where every training was begun; null at its beginning.</summary>
    public ConcurrentQueue<ContentHash?> Checkpoints { get; } = new();

    /// <summary>Draws that were counted, those counted twice twice.</summary>
    public long DrawsCounted => Interlocked.Read(ref _drawsCounted);

    private long _drawsCounted;

    public IShardRunner Create(DeviceDescription device) => new Runner(this, device);

    private sealed class Runner(FakeDevices devices, DeviceDescription device) : IShardRunner
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public DeviceDescription Device => device;

        public void Run(ShardAssignment assignment, IVoteSink sink, CancellationToken cancellation)
        {
            RequireOwnThread();
            devices.Begun.Enqueue(assignment);
            devices.BeforeShard?.Invoke(assignment, cancellation);
            var dataset = assignment.Sweep.DatasetOf(assignment.Cell);
            var rule = new FixedStoppingRule(assignment.Sweep.Plan);
            for (var ordinal = assignment.Shard.First; ordinal < assignment.Shard.End; ordinal++)
            {
                Count(assignment, dataset, ordinal, rule, sink, cancellation);
            }
        }

        public TrainingResult Train(
            TrainingTask task,
            ContentHash? checkpoint,
            IProgress<TrainingProgress> progress,
            CancellationToken cancellation
        )
        {
            RequireOwnThread();
            devices.Trained.Enqueue(task);
            devices.Checkpoints.Enqueue(checkpoint);
            progress.Report(new TrainingProgress(task.Key, 1, 2, 0.5, 1, 0.5));
            devices.DuringTraining?.Invoke(task, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return new TrainingResult(task.Key, "model.safetensors", TestSweeps.Hash("file of " + task.Key), 0.9, 1);
        }

        public ThroughputReading Measure(ThroughputTask task, CancellationToken cancellation)
        {
            RequireOwnThread();
            return devices.OnMeasure?.Invoke(task, device)
                ?? new ThroughputReading(device, ClassifierRoute.Network, [new BatchSpeed(task.Standard, 1000)]);
        }

        public void Dispose() => RequireOwnThread();

        private void Count(
            ShardAssignment assignment,
            DatasetReference dataset,
            int ordinal,
            FixedStoppingRule rule,
            IVoteSink sink,
            CancellationToken cancellation
        )
        {
            var image = dataset.IndexOf(ordinal);
            var counts = new Dictionary<DrawStream, VoteCounts>
            {
                [DrawStream.Selection] = VoteCounts.None(dataset.Classes),
                [DrawStream.Estimation] = VoteCounts.None(dataset.Classes),
            };
            foreach (var known in assignment.Counted.Where(v => v.ImageIndex == image))
            {
                counts[known.Stream] = known.Counts;
            }

            while (
                rule.NextTarget(dataset.Labels[ordinal], counts[DrawStream.Selection], counts[DrawStream.Estimation])
                    is { } target
            )
            {
                cancellation.ThrowIfCancellationRequested();
                var before = counts[target.Stream].Total;
                var draws = Math.Min(target.Draws, before + devices.DrawsPerReport);
                var votes = TestSweeps.Votes(assignment.Cell.VoteKey, image, target.Stream, draws);
                Interlocked.Add(ref devices._drawsCounted, draws - before);
                counts[target.Stream] = votes;
                var snapshot = new VoteSnapshot(image, target.Stream, votes, 0.001);
                sink.Report([devices.Corrupt?.Invoke(snapshot) ?? snapshot]);
                devices.AfterReport?.Invoke(assignment, snapshot, cancellation);
            }
        }

        private void RequireOwnThread()
        {
            if (Environment.CurrentManagedThreadId != _thread)
            {
                throw new InvalidOperationException("A device was used from a thread that is not its own.");
            }
        }
    }
}
