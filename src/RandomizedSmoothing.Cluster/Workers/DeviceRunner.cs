using Akka.Actor;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Workers;

/// <summary>
/// Owns one device on a thread of its own (a pinned dispatcher): runs one shard or training at a time, synchronously, and
/// hears of cancellation through the token. Every call to the runner comes from that thread.
/// </summary>
internal sealed class DeviceRunner : ReceiveActor
{
    /// <summary>The dispatcher's path in the configuration.</summary>
    public const string Dispatcher = "rsmooth.device-dispatcher";

    private readonly IShardRunnerFactory _factory;
    private readonly DeviceDescription _device;
    private readonly TimeProvider _time;
    private IShardRunner? _runner;

    /// <summary>Opens the device with the first work.</summary>
    public DeviceRunner(IShardRunnerFactory factory, DeviceDescription device, TimeProvider time)
    {
        _factory = factory;
        _device = device;
        _time = time;
        Receive<RunShard>(run =>
            Run(
                run.Lease,
                runner =>
                {
                    runner.Run(run.Assignment, run.Outbox, run.Cancellation);
                    return null;
                }
            )
        );
        Receive<RunTraining>(run =>
        {
            var progress = new Forward(run.Lease, Sender, Self);
            Run(run.Lease, runner => runner.Train(run.Task, run.Checkpoint, progress, run.Cancellation));
        });
        Receive<RunMeasurement>(Measure);
    }

    /// <inheritdoc />
    protected override void PostStop() => Close();

    private void Run(LeaseId lease, Func<IShardRunner, TrainingResult?> work)
    {
        try
        {
            _runner ??= _factory.Create(_device);
            Sender.Tell(new RunEnded(lease, work(_runner), null));
        }
        catch (Exception error)
        {
            if (error is not (OperationCanceledException or UserErrorException))
            {
                // A device that failed is opened afresh: its state is not to be trusted.
                Close();
            }

            Sender.Tell(new RunEnded(lease, null, error));
        }
    }

    // It came behind whatever the device was doing; who asked may have gone.
    private void Measure(RunMeasurement measurement)
    {
        if (_time.GetElapsedTime(measurement.AskedAt) >= measurement.Patience)
        {
            return;
        }

        try
        {
            _runner ??= _factory.Create(_device);
            var reading = _runner.Measure(measurement.Task, CancellationToken.None);
            Sender.Tell(new WorkerProtocol.ThroughputMeasured(reading, null));
        }
        catch (Exception error)
        {
            if (error is not UserErrorException)
            {
                Close();
            }

            Sender.Tell(new WorkerProtocol.ThroughputMeasured(null, WireText.Clip(error.Message)));
        }
    }

    private void Close()
    {
        _runner?.Dispose();
        _runner = null;
    }

    /// <summary>Count the votes of a shard.</summary>
    internal sealed record RunShard(
        LeaseId Lease,
        ShardAssignment Assignment,
        VoteOutbox Outbox,
        CancellationToken Cancellation
    ) : INoSerializationVerificationNeeded;

    /// <summary>Train a model.</summary>
    internal sealed record RunTraining(
        LeaseId Lease,
        TrainingTask Task,
        ContentHash? Checkpoint,
        CancellationToken Cancellation
    ) : INoSerializationVerificationNeeded;

    /// <summary>Time batch shapes, unless that much time has passed since it was asked; answers the asker itself.</summary>
    internal sealed record RunMeasurement(ThroughputTask Task, long AskedAt, TimeSpan Patience)
        : INoSerializationVerificationNeeded;

    /// <summary>The work has ended, well unless there is an error.</summary>
    internal sealed record RunEnded(LeaseId Lease, TrainingResult? Trained, Exception? Error)
        : INoSerializationVerificationNeeded;

    /// <summary>A training run has advanced.</summary>
    internal sealed record RunAdvanced(LeaseId Lease, double Fraction) : INoSerializationVerificationNeeded;

    private sealed class Forward(LeaseId lease, IActorRef to, IActorRef self) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => to.Tell(new RunAdvanced(lease, value.Fraction), self);
    }
}
