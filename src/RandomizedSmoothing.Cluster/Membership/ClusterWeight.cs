namespace RandomizedSmoothing.Cluster.Membership;

/// <summary>
/// What decides which of two clusters stays when a network or a frozen machine has made two of one: more control nodes, then
/// more nodes, then the first address of a control node, which no two clusters share.
/// </summary>
/// <param name="Controls">Control nodes that are up and reachable.</param>
/// <param name="Members">All nodes that are up and reachable.</param>
/// <param name="First">The first address of those control nodes, by ordinal order; empty for none.</param>
public sealed record ClusterWeight(int Controls, int Members, string First) : IComparable<ClusterWeight>
{
    /// <summary>Positive where this cluster stays and the other ends.</summary>
    public int CompareTo(ClusterWeight? other) =>
        other is null ? 1
        : Controls != other.Controls ? Controls.CompareTo(other.Controls)
        : Members != other.Members ? Members.CompareTo(other.Members)
        : string.CompareOrdinal(other.First, First);
}
