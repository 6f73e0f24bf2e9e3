namespace RandomizedSmoothing.Node.Operations;

/// <summary>A process of the cluster as this node sees it.</summary>
/// <param name="Address"><c>host:port</c> by which the others reach it.</param>
/// <param name="Roles">What it does.</param>
/// <param name="Status">Where it stands on its way in or out, as <c>up</c> or <c>leaving</c>.</param>
/// <param name="Reachable">Whether its heartbeats arrive here.</param>
/// <param name="IsLeader">Whether it decides on joining and leaving.</param>
/// <param name="IsOldestControl">Whether the coordinator runs there.</param>
/// <param name="IsSelf">Whether it is the node that answers.</param>
public sealed record ClusterMember(
    string Address,
    IReadOnlyList<string> Roles,
    string Status,
    bool Reachable,
    bool IsLeader,
    bool IsOldestControl,
    bool IsSelf
);

/// <summary>The processes of the cluster, from one of them.</summary>
public interface IClusterMembership
{
    /// <summary>All members, by address.</summary>
    IReadOnlyList<ClusterMember> Members { get; }

    /// <summary>Lets a member hand over and leave.</summary>
    /// <exception cref="Core.UserErrorException">There is no such member.</exception>
    void Leave(string address);

    /// <summary>Declares every unreachable member dead.</summary>
    /// <returns>Their addresses.</returns>
    IReadOnlyList<string> DownUnreachable();
}
