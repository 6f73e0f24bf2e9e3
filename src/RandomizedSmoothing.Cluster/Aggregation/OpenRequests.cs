using Akka.Actor;
using RandomizedSmoothing.Cluster.Protocol;

namespace RandomizedSmoothing.Cluster.Aggregation;

/// <summary>
/// What devices have asked of an aggregator and it has not answered. Devices repeat themselves until they are answered: while the
/// ledger is away, every repeat that was let in would wait for it beside the first, and an outage would fill the memory.
/// </summary>
internal sealed class OpenRequests
{
    private readonly HashSet<(IActorRef From, object Request)> _open = [];

    /// <summary>Notes a request; false where the same is open, whose answer will serve.</summary>
    public bool Open(IActorRef from, object message) => _open.Add((from, KeyOf(message)));

    /// <summary>A request was answered, or is to be made again.</summary>
    public void Close(IActorRef from, object message) => _open.Remove((from, KeyOf(message)));

    /// <summary>Forgets all of them.</summary>
    public void Clear() => _open.Clear();

    // A batch is known by its number, so that its votes need not be kept or compared.
    private static object KeyOf(object message) => message is CellProtocol.RecordVotes votes ? votes.Batch : message;
}
