using Akka.Actor;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Workers;

/// <summary>
/// Keeps one device busy: asks for work, fetches what the work needs, runs it on the device's own thread, sends votes to the
/// aggregator until they are acknowledged, and only then reports. Never blocks; talks to the coordinator through its parent.
/// </summary>
internal sealed partial class DeviceWorker : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    // A disk does not empty itself within a second, and whoever is sound works meanwhile.
    private const int FaultFactor = 10;

    private readonly DeviceDescription _device;
    private readonly DeviceStamp _stamp;
    private readonly IActorRef _cells;
    private readonly DefinitionCache _definitions;
    private readonly WorkerSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IActorRef _runner;
    private readonly CancellationTokenSource _gone = new();
    private readonly List<DeviceJob> _jobs = [];
    private readonly IShardRunnerFactory _factory;
    private readonly DrawMeter _meter = new();
    private readonly long _begun;
    private bool _registered;
    private bool _draining;
    private bool _resting;
    private bool _unfit;
    private int _failures;
    private long _batch;
    private long _requestedAt;
    private WorkRequest _requested;
    private IActorRef? _drainedTo;

    /// <summary>Begins to ask for work when told that the node is registered.</summary>
    public DeviceWorker(
        DeviceDescription device,
        DeviceStamp stamp,
        IActorRef cells,
        IShardRunnerFactory factory,
        DefinitionCache definitions,
        WorkerSettings settings,
        TimeProvider time,
        ILogger logger
    )
    {
        _device = device;
        _stamp = stamp;
        _cells = cells;
        _factory = factory;
        _begun = time.GetTimestamp();
        // Above those of the one before it, whose last batch may be answered yet.
        _batch = _begun;
        _definitions = definitions;
        _settings = settings;
        _time = time;
        _logger = logger;
        _runner = Context.ActorOf(
            Props.Create(() => new DeviceRunner(factory, device, time)).WithDispatcher(DeviceRunner.Dispatcher),
            "runner"
        );
        var gone = _gone;
        Context.ActorOf(Props.Create(() => new DeviceSentinel(gone)), "sentinel");
        Receive<WorkerProtocol.GrantShard>(OnGrantShard);
        Receive<WorkerProtocol.GrantTraining>(OnGrantTraining);
        Receive<WorkerProtocol.Revoke>(OnRevoke);
        Receive<WorkerProtocol.MeasureThroughput>(measure =>
            _runner.Forward(new DeviceRunner.RunMeasurement(measure.Task, _time.GetTimestamp(), measure.Patience))
        );
        Receive<WorkerProtocol.Ack>(OnAck);
        Receive<CellProtocol.DefinitionPart>(OnDefinitionPart);
        Receive<CellProtocol.CountedPart>(OnCountedPart);
        Receive<CellProtocol.VotesRecorded>(OnVotesRecorded);
        Receive<VotesWaiting>(_ => SendVotes());
        Receive<DeviceRunner.RunEnded>(OnRunEnded);
        Receive<DeviceRunner.RunAdvanced>(advanced =>
        {
            if (Find(advanced.Lease) is { } job)
            {
                job.Fraction = advanced.Fraction;
                job.Advance(_time);
            }
        });
        Receive<NodeRegistered>(_ =>
        {
            _registered = true;
            AskForWork(again: true);
        });
        Receive<DescribeHeld>(_ => Sender.Tell(new Held(_device.Name, HeldLeases())));
        Receive<DrainDevice>(OnDrain);
        Receive<Rested>(_ =>
        {
            _resting = false;
            _unfit = false;
            AskForWork(again: true);
        });
        Receive<Tick>(_ => OnTick());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart() =>
        Timers.StartPeriodicTimer("tick", new Tick(), _settings.ReportEvery, _settings.ReportEvery);

    private void OnGrantShard(WorkerProtocol.GrantShard grant) =>
        Accept(grant.Lease, new ShardWork(grant.Shard), grant.Shard.Cell, grant.ModelFile, grant.Trace);

    private void OnGrantTraining(WorkerProtocol.GrantTraining grant) =>
        Accept(grant.Lease, new TrainingWork(grant.Sweep, grant.Key), grant.Cell, grant.Checkpoint);

    private void Accept(LeaseId lease, WorkUnit work, CellId cell, ContentHash? file, string trace = "")
    {
        if (Find(lease) is not null)
        {
            return;
        }

        var self = Self;
        var outbox = new VoteOutbox(_settings.OutboxBytes, () => self.Tell(new VotesWaiting(), ActorRefs.NoSender));
        var job = new DeviceJob(lease, work, cell, file, outbox, _gone.Token)
        {
            Definition = _definitions.Find(work.Sweep),
            Trace = trace,
        };
        _jobs.Add(job);
        _requested = WorkRequest.None;
        if (_draining || _unfit)
        {
            GiveBack(job, _draining ? "the worker is draining" : "the machine is at fault, and the device rests");
            return;
        }

        FetchOrRun(job);
    }

    private void RunNext()
    {
        if (_jobs.Exists(j => j.Phase == JobPhase.Running))
        {
            return;
        }

        if (_jobs.Find(j => j.Phase == JobPhase.Ready) is not { } job)
        {
            AskForWork(again: false);
            return;
        }

        job.Phase = JobPhase.Running;
        job.Advance(_time);
        Begin(job);
        if (job.Work is TrainingWork training)
        {
            var task = job.Definition!.Models.First(m => m.Training?.Key == training.Key).Training!;
            _runner.Tell(new DeviceRunner.RunTraining(job.Lease, task, job.File, job.Cancellation));
        }
        else
        {
            var shard = ((ShardWork)job.Work).Shard;
            var assignment = new ShardAssignment(
                shard,
                job.Definition!,
                job.Definition!.FindCell(shard.Cell)!,
                job.File!.Value,
                job.Counted
            );
            _runner.Tell(new DeviceRunner.RunShard(job.Lease, assignment, job.Outbox, job.Cancellation));
            AskForWork(again: true);
        }
    }

    private void OnRunEnded(DeviceRunner.RunEnded ended)
    {
        if (Find(ended.Lease) is not { } job)
        {
            return;
        }

        var worker = _stamp.Node;
        job.Report = ended switch
        {
            { Trained: { } trained } => new WorkerProtocol.TrainingFinished(
                worker,
                _device.Name,
                job.Lease,
                trained.Key,
                trained.FileHash,
                trained.Accuracy,
                trained.Seconds
            ),
            { Error: null } => new WorkerProtocol.ShardCounted(worker, _device.Name, job.Lease),
            // Also where what a call-off asks for, as to hand a file over, has failed: the work is not to blame.
            { Error: OperationCanceledException or UserErrorException { IsMistake: false } }
                when job.CancelReason is { } reason => new WorkerProtocol.ShardReturned(
                worker,
                _device.Name,
                job.Lease,
                reason,
                (ended.Error as TrainingHandedBackException)?.Checkpoint
            ),
            { Error: UserErrorException error } => new WorkerProtocol.ShardFailed(
                worker,
                _device.Name,
                job.Lease,
                WireText.Clip(error.Message),
                Permanent: error.IsMistake,
                OfMachine: !error.IsMistake
            ),
            _ => new WorkerProtocol.ShardFailed(
                worker,
                _device.Name,
                job.Lease,
                WireText.Clip($"{ended.Error.GetType().Name}: {ended.Error.Message}"),
                Permanent: false
            ),
        };
        Account(job);
        Rest(job, ended.Error);
        GiveBackPrefetched(job);

        job.Phase = JobPhase.Flushing;
        job.Outbox.Release();
        SendVotes();
        RunNext();
    }

    private DeviceJob? Find(LeaseId lease) => _jobs.Find(j => j.Lease == lease);

    /// <summary>The node is known to the coordinator.</summary>
    internal sealed record NodeRegistered : INoSerializationVerificationNeeded;

    /// <summary>Which leases are held? Answered with <see cref="Held"/>.</summary>
    internal sealed record DescribeHeld : INoSerializationVerificationNeeded;

    /// <summary>The leases that a device holds.</summary>
    internal sealed record Held(string Device, IReadOnlyList<HeldLease> Leases) : INoSerializationVerificationNeeded;

    /// <summary>Give everything back; answered with <see cref="DeviceDrained"/>.</summary>
    internal sealed record DrainDevice(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>The device holds nothing any more.</summary>
    internal sealed record DeviceDrained(string Device) : INoSerializationVerificationNeeded;

    private sealed record VotesWaiting : INoSerializationVerificationNeeded;

    private sealed record Rested : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded;
}
