using Akka.Actor;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;

namespace RandomizedSmoothing.Cluster.Aggregation;

/// <summary>What the aggregator tells itself, as the ledger's answers.</summary>
public sealed partial class CellAggregator
{
    private sealed record Loaded(CellView View) : INoSerializationVerificationNeeded;

    private sealed record LoadFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record Reread(OrdinalRange Range, IReadOnlyList<StoredVotes> Votes)
        : INoSerializationVerificationNeeded;

    private sealed record RereadFailed(OrdinalRange Range, Exception Error) : INoSerializationVerificationNeeded;

    private sealed record LoadAgain : INoSerializationVerificationNeeded;

    private sealed record TellTotals : INoSerializationVerificationNeeded;

    private sealed record Pruned : INoSerializationVerificationNeeded;

    private sealed record NotPruned(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record Recorded(CellProtocol.RecordVotes Votes, RecordedVotes Outcome, IActorRef ReplyTo)
        : INoSerializationVerificationNeeded;

    private sealed record Refused(CellProtocol.RecordVotes Votes, Exception Error, IActorRef From)
        : INoSerializationVerificationNeeded;

    private sealed record Fetched(CellProtocol.FetchCounted Request, CellProtocol.CountedPart Part, IActorRef ReplyTo)
        : INoSerializationVerificationNeeded;

    private sealed record FetchFailed(CellProtocol.FetchCounted Request, Exception Error, IActorRef From)
        : INoSerializationVerificationNeeded;
}
