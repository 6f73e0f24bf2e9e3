using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Training;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>Counts votes and trains on one libtorch device. Belongs to the thread that created it.</summary>
public sealed class TorchShardRunner : IShardRunner
{
    private readonly TorchRunnerOptions _options;
    private readonly DatasetStore _datasets;
    private readonly IArtifactStore _artifacts;
    private readonly TimeProvider _time;
    private readonly Device _device;
    private readonly OpenModels _models;
    private readonly TorchBatchCounter _counter;
    private ((string Noise, double Sigma, ImageShape Shape) Key, NoiseSampler Sampler)? _noise;

    internal TorchShardRunner(
        DeviceDescription device,
        TorchRunnerOptions options,
        IArtifactStore artifacts,
        DatasetStore datasets,
        TimeProvider time
    )
    {
        Device = device;
        (_options, _artifacts, _datasets, _time) = (options, artifacts, datasets, time);
        _device = TorchDevices.Open(device);
        _models = new OpenModels(options.OpenModels, artifacts, _device, options.Warn);
        _counter = new TorchBatchCounter(device, options.Warn);
    }

    /// <inheritdoc />
    public DeviceDescription Device { get; }

    /// <inheritdoc />
    public void Run(ShardAssignment assignment, IVoteSink sink, CancellationToken cancellation)
    {
        TorchRuntime.PrepareThread();
        var (sweep, cell) = (assignment.Sweep, assignment.Cell);
        var reference = sweep.DatasetOf(cell);
        var model = sweep.ModelOf(cell);
        var dataset = _datasets.Get(reference, cancellation);
        var classifier = _models.Get(assignment, cancellation);
        var images = new NoisyImages(dataset, sweep.Seed);
        var rule = CellStoppingRule.Of(sweep, cell);
        var rows = BatchRows.Of(sweep, cell);
        _counter.Source = new BatchSource(
            classifier,
            SamplerOf(cell, reference.Shape),
            images,
            reference.Shape,
            reference.Classes,
            rows,
            model.Spec.File ?? model.Name
        );
        using var counts = Images(assignment, reference, rule).GetEnumerator();
        new ShardCount(counts, sink, _time, cancellation).Run(_counter);
    }

    /// <inheritdoc />
    public TrainingResult Train(
        TrainingTask task,
        ContentHash? checkpoint,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    )
    {
        TorchRuntime.PrepareThread();
        Datasets.ImageDataset? images = null;
        var result = new Trainer(_options.Cache, _artifacts, _device, _time) { Checkpoint = checkpoint }.Train(
            task,
            () => images = _datasets.Get(task.DatasetHash, task.Dataset, cancellation),
            progress,
            cancellation
        );
        var chance = 1.0 / (images?.Classes ?? 1);
        if (images is not null && result.Accuracy <= chance + 0.05 * (1 - chance))
        {
            _options.Warn?.Invoke(
                $"{task.Architecture} trained on {task.Dataset.Name} at sigma {task.Sigma} has {100 * result.Accuracy:F1} % of its noisy training images "
                    + $"right, and chance is {100 * chance:F1} %: it learned nothing, and its certificates will say so. Lower train.learningRate, which is "
                    + $"{task.Recipe.LearningRate}, give it more epochs than {task.Recipe.Epochs}, or less noise."
            );
        }

        return result;
    }

    /// <inheritdoc />
    public ThroughputReading Measure(ThroughputTask task, CancellationToken cancellation) =>
        ThroughputProbe.Measure(
            task,
            task.File is { } file ? _artifacts.Obtain(file, cancellation) : null,
            Device,
            _time,
            cancellation
        );

    /// <inheritdoc />
    public void Dispose()
    {
        _counter.Dispose();
        _models.Dispose();
    }

    // Consecutive shards are mostly of one cell, and the tables of an exact sampler take some milliseconds.
    private NoiseSampler SamplerOf(CellDefinition cell, ImageShape shape)
    {
        var key = (cell.Noise, cell.Sigma, shape);
        if (_noise is not { } last || last.Key != key)
        {
            last = (key, NoiseFamilies.Create(cell.Noise, cell.Sigma).CreateSampler(shape));
            _noise = last;
        }

        return last.Sampler;
    }

    private static IEnumerable<ImageCount> Images(
        ShardAssignment assignment,
        DatasetReference reference,
        IStoppingRule rule
    )
    {
        var counted = assignment.Counted.ToLookup(snapshot => snapshot.ImageIndex);
        for (var ordinal = assignment.Shard.First; ordinal < assignment.Shard.End; ordinal++)
        {
            var index = reference.IndexOf(ordinal);
            yield return new ImageCount(index, reference.Labels[ordinal], reference.Classes, rule, counted[index]);
        }
    }
}
