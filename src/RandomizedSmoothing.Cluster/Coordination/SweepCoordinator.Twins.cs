using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Worker nodes that were given one name.</summary>
public sealed partial class SweepCoordinator
{
    // One that died elsewhere, and comes again under its name, is no member any more, or unreachable.
    private void WarnOfTwins(string name, Address before, Address now)
    {
        var state = Akka.Cluster.Cluster.Get(Context.System).State;
        if (
            before != now
            && state.Members.Any(m => m.Address == before && m.Status == MemberStatus.Up)
            && state.Unreachable.All(m => m.Address != before)
        )
        {
            _logger.LogWarning(
                "Two worker nodes are called '{Worker}', at {Before} and at {Now}: only the one at {Now} gets work from now on. Give every node a name of its own (setting name), or leave it out, and start them again.",
                name,
                WorkerName(before),
                WorkerName(now),
                WorkerName(now)
            );
        }
    }
}
