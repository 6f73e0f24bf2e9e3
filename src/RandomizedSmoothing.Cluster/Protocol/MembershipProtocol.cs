using RandomizedSmoothing.Cluster.Membership;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>What nodes ask the control nodes they are to join, whatever the gossip says: am I one of you?</summary>
public static class MembershipProtocol
{
    /// <summary>Node to control node: this process is here.</summary>
    /// <param name="Address">Its address.</param>
    /// <param name="Incarnation">Tells it from earlier processes at the same address.</param>
    public sealed record RollCall(string Address, long Incarnation) : IWireMessage;

    /// <summary>Control node to node: what its cluster looks like from here.</summary>
    /// <param name="From">The control node's address.</param>
    /// <param name="IsUp">Whether it is a full member itself; otherwise the rest says nothing.</param>
    /// <param name="KnowsYou">Whether the process that asked is a member.</param>
    /// <param name="Cluster">The cluster's size.</param>
    /// <param name="Ledger">Identity of its ledger where it was there before the process that asked; otherwise empty.</param>
    public sealed record Present(string From, bool IsUp, bool KnowsYou, ClusterWeight Cluster, string Ledger = "")
        : IWireMessage;
}
