using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>
/// What worker nodes and the coordinator say to each other. Work is pulled: a device asks, the coordinator grants a lease, the
/// worker keeps it alive with <see cref="Progress"/> and ends it with a report that it repeats until the <see cref="Ack"/>.
/// </summary>
public static class WorkerProtocol
{
    /// <summary>Worker to coordinator: here I am, and this I hold.</summary>
    public sealed record Register(WorkerDescription Worker, IReadOnlyList<HeldLease> Held) : IWireMessage;

    /// <summary>Coordinator to worker: you are known.</summary>
    public sealed record Registered(string Coordinator) : IWireMessage;

    /// <summary>Coordinator to worker: I do not know you (yet); register.</summary>
    public sealed record PleaseRegister(string Coordinator) : IWireMessage;

    /// <summary>Worker to coordinator: a device, which holds these leases, is free or wants a shard to hold ready.</summary>
    public sealed record RequestShard(string Worker, string Device, bool Prefetch, IReadOnlyList<LeaseId> Held)
        : IWireMessage;

    /// <summary>Coordinator to worker: count these images.</summary>
    /// <param name="Lease">The grant.</param>
    /// <param name="Device">The device.</param>
    /// <param name="Shard">The images.</param>
    /// <param name="ModelFile">The base classifier.</param>
    /// <param name="Trace">Trace parent (W3C) of the shard's span; empty while nobody traces.</param>
    public sealed record GrantShard(
        LeaseId Lease,
        string Device,
        SampleShard Shard,
        ContentHash ModelFile,
        string Trace = ""
    ) : IWireMessage;

    /// <summary>
    /// Coordinator to worker: train this model, from the checkpoint on that another worker handed back, if any; the definition
    /// is to be had from the aggregator of the cell.
    /// </summary>
    public sealed record GrantTraining(
        LeaseId Lease,
        string Device,
        SweepId Sweep,
        CellId Cell,
        ContentHash Key,
        ContentHash? Checkpoint
    ) : IWireMessage;

    /// <summary>Worker to coordinator, several times a lease: this is what my devices are doing.</summary>
    public sealed record Progress(string Worker, IReadOnlyList<LeaseReport> Leases) : IWireMessage;

    /// <summary>Worker to coordinator: every image of the shard is counted, and every vote is recorded.</summary>
    public sealed record ShardCounted(string Worker, string Device, LeaseId Lease) : IWireMessage;

    /// <summary>
    /// Worker to coordinator: the work comes back unfinished; the votes counted so far are recorded, and of a training the
    /// checkpoint is published.
    /// </summary>
    public sealed record ShardReturned(
        string Worker,
        string Device,
        LeaseId Lease,
        string Reason,
        ContentHash? Checkpoint = null
    ) : IWireMessage;

    /// <summary>Worker to coordinator: the work failed; the votes counted so far are recorded.</summary>
    /// <param name="Worker">The worker node.</param>
    /// <param name="Device">Its device.</param>
    /// <param name="Lease">The grant.</param>
    /// <param name="Reason">What went wrong.</param>
    /// <param name="Permanent">Trying again cannot help: the input is at fault.</param>
    /// <param name="OfMachine">The machine is at fault, as one whose disk is full: another may succeed, or this one later.</param>
    public sealed record ShardFailed(
        string Worker,
        string Device,
        LeaseId Lease,
        string Reason,
        bool Permanent,
        bool OfMachine = false
    ) : IWireMessage;

    /// <summary>Worker to coordinator: the model is trained.</summary>
    public sealed record TrainingFinished(
        string Worker,
        string Device,
        LeaseId Lease,
        ContentHash Key,
        ContentHash File,
        double Accuracy,
        double Seconds
    ) : IWireMessage;

    /// <summary>
    /// A control node to a device, by way of the coordinator: time batch shapes once what you are doing has ended. Answered with
    /// <see cref="ThroughputMeasured"/>; nobody repeats it.
    /// </summary>
    /// <param name="Worker">The worker node.</param>
    /// <param name="Device">Its device.</param>
    /// <param name="Task">What to time.</param>
    /// <param name="Patience">How long the asker waits; a device that gets to it later leaves it.</param>
    public sealed record MeasureThroughput(string Worker, string Device, ThroughputTask Task, TimeSpan Patience)
        : IWireMessage;

    /// <summary>What a device measured, or why it could not.</summary>
    public sealed record ThroughputMeasured(ThroughputReading? Reading, string? Refusal) : IWireMessage;

    /// <summary>Coordinator to worker: the report about this lease has been taken in.</summary>
    public sealed record Ack(string Device, LeaseId Lease) : IWireMessage;

    /// <summary>Coordinator to worker: give this lease back.</summary>
    public sealed record Revoke(string Device, LeaseId Lease, string Reason) : IWireMessage;

    /// <summary>To a worker: finish or give back everything and take no more; answered with <see cref="Drained"/>.</summary>
    public sealed record Drain(string Reason) : IWireMessage;

    /// <summary>Worker to coordinator: I am draining; grant me nothing.</summary>
    public sealed record Draining(string Worker) : IWireMessage;

    /// <summary>A worker holds nothing any more.</summary>
    public sealed record Drained(string Worker) : IWireMessage;
}
