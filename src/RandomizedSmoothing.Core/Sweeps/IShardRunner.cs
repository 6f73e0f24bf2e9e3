using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>A device that can count votes and train: <c>cpu:0</c>, <c>cuda:1</c>.</summary>
/// <param name="Name">Unique within the node.</param>
/// <param name="Kind"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Description">For people: processor or GPU name, memory.</param>
public sealed record DeviceDescription(string Name, string Kind, string Description);

/// <summary>
/// Receives vote snapshots while a shard runs. Called from the device's thread; must not block on anything but a full
/// bounded buffer.
/// </summary>
public interface IVoteSink
{
    /// <summary>Takes cumulative prefixes of one or more images. An empty report says that the device is at work.</summary>
    void Report(IReadOnlyList<VoteSnapshot> snapshots);
}

/// <summary>Progress of a training run.</summary>
public sealed record TrainingProgress(
    ContentHash Key,
    int Epoch,
    int Epochs,
    double Fraction,
    double Loss,
    double Accuracy
);

/// <summary>A finished training run.</summary>
/// <param name="Key">The task's key.</param>
/// <param name="Path">The artifact in this node's model cache.</param>
/// <param name="FileHash">Digest of the artifact's bytes.</param>
/// <param name="Accuracy">Accuracy on the training images under the training noise, last epoch.</param>
/// <param name="Seconds">Wall-clock seconds.</param>
public sealed record TrainingResult(
    ContentHash Key,
    string Path,
    ContentHash FileHash,
    double Accuracy,
    double Seconds
);

/// <summary>
/// Counts votes on one device. All members are called from one thread, the device's own; none may be awaited. Implemented by
/// the Models house, and by doubles in the tests of the Cluster house.
/// </summary>
public interface IShardRunner : IDisposable
{
    /// <summary>The device.</summary>
    DeviceDescription Device { get; }

    /// <summary>
    /// Counts every image of the shard until the sweep's stopping rule is content, reporting snapshots at least every two
    /// seconds and for every finished image.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// Cancelled: what was counted until then has been reported to <paramref name="sink"/>.
    /// </exception>
    /// <exception cref="UserErrorException">
    /// The model or data do not fit, and trying again cannot help; or where it is no <see cref="UserErrorException.IsMistake"/>, this
    /// machine cannot do it now.
    /// </exception>
    void Run(ShardAssignment assignment, IVoteSink sink, CancellationToken cancellation);

    /// <summary>Trains a base classifier and leaves it in the node's model cache; at once when it is there already.</summary>
    /// <param name="task">What to train.</param>
    /// <param name="checkpoint">Where another device has got to with the same task; null to begin, or to go on from here.</param>
    /// <param name="progress">Hears of every epoch and of steps in between.</param>
    /// <param name="cancellation">Calls it off.</param>
    /// <exception cref="TrainingHandedBackException">Cancelled after at least one epoch; names the checkpoint.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing half-written is left in the cache.</exception>
    TrainingResult Train(
        TrainingTask task,
        ContentHash? checkpoint,
        IProgress<TrainingProgress> progress,
        CancellationToken cancellation
    );

    /// <summary>Times batch shapes, for some seconds; counts nothing.</summary>
    /// <param name="task">The base classifier.</param>
    /// <param name="cancellation">Calls it off.</param>
    /// <exception cref="UserErrorException">The model cannot be opened or does not fit the images.</exception>
    ThroughputReading Measure(ThroughputTask task, CancellationToken cancellation);
}

/// <summary>A training was called off; whoever goes on with it may begin at the checkpoint.</summary>
public sealed class TrainingHandedBackException(ContentHash checkpoint, Exception cause)
    : OperationCanceledException($"The training was called off at the checkpoint {checkpoint.Short}.", cause)
{
    /// <summary>Digest of the checkpoint, which the other nodes can obtain.</summary>
    public ContentHash Checkpoint { get; } = checkpoint;
}

/// <summary>Memory of a device, bytes.</summary>
/// <param name="Used">In use, by whomever.</param>
/// <param name="Total">All there is.</param>
public sealed record DeviceMemory(long Used, long Total);

/// <summary>Opens the devices of a node.</summary>
public interface IShardRunnerFactory
{
    /// <summary>The devices that this node offers.</summary>
    IReadOnlyList<DeviceDescription> Devices { get; }

    /// <summary>Opens one of them; called on the thread that will own the runner.</summary>
    IShardRunner Create(DeviceDescription device);

    /// <summary>Memory of a device, as it was within the last minute; null where it is not known. Never blocks.</summary>
    DeviceMemory? MemoryOf(DeviceDescription device) => null;
}
