using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Workers;

/// <summary>How far a granted piece of work is on its device.</summary>
internal enum JobPhase
{
    /// <summary>Definition or recorded votes are on their way.</summary>
    Fetching,

    /// <summary>Complete, waiting for the device.</summary>
    Ready,

    /// <summary>On the device.</summary>
    Running,

    /// <summary>Off the device; votes on their way to the ledger.</summary>
    Flushing,

    /// <summary>All votes recorded; the report is repeated until acknowledged.</summary>
    Reporting,
}

/// <summary>One lease in the hands of a <see cref="DeviceWorker"/>.</summary>
internal sealed class DeviceJob(LeaseId lease, WorkUnit work, CellId cell, ContentHash? modelFile, VoteOutbox outbox)
    : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    public LeaseId Lease { get; } = lease;

    public WorkUnit Work { get; } = work;

    /// <summary>The cell whose aggregator is asked.</summary>
    public CellId Cell { get; } = cell;

    public ContentHash? ModelFile { get; } = modelFile;

    public VoteOutbox Outbox { get; } = outbox;

    public JobPhase Phase { get; set; } = JobPhase.Fetching;

    public SweepDefinition? Definition { get; set; }

    /// <summary>The definition's JSON as far as it has come.</summary>
    public List<byte> DefinitionBytes { get; } = [];

    /// <summary>Recorded prefixes as far as they have come.</summary>
    public List<VoteSnapshot> Counted { get; } = [];

    /// <summary>The ordinal from which recorded prefixes are still to come.</summary>
    public int CountedFrom { get; set; } = work is ShardWork shard ? shard.Range.First : 0;

    /// <summary>The batch of votes that is not yet acknowledged.</summary>
    public CellProtocol.RecordVotes? InFlight { get; set; }

    /// <summary>The last message of the job, once it is known.</summary>
    public IWireMessage? Report { get; set; }

    /// <summary>Timestamp of the last request, batch or report that waits for an answer.</summary>
    public long AskedAt { get; set; }

    /// <summary>Of a training run: 0 to 1.</summary>
    public double Fraction { get; set; }

    /// <summary>Why it was called back; null while it was not.</summary>
    public string? CancelReason { get; private set; }

    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Whether the aggregator has to be asked for more before the work can begin.</summary>
    public bool IsComplete => Definition is not null && (Work is not ShardWork shard || CountedFrom >= shard.Range.End);

    public void Cancel(string reason)
    {
        CancelReason ??= reason;
        Outbox.Release();
        _cancellation.Cancel();
    }

    public void Dispose() => _cancellation.Dispose();
}
