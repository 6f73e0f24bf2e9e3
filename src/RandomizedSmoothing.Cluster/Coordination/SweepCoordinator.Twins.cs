using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Worker nodes that were given one name.</summary>
public sealed partial class SweepCoordinator
{
    // Longer than it takes to find a dead node unreachable.
    private static readonly TimeSpan TwinsAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<Address, (string Name, Address Now, TimeSpan At)> _replaced = [];

    // One that died elsewhere, and comes again under its name, is still a member for a while: only time tells the two apart.
    private void NoteReplaced(string name, Address before, Address now)
    {
        if (before != now)
        {
            _replaced[before] = (name, now, Now);
        }
    }

    private void WarnOfTwins()
    {
        if (_replaced.Count == 0)
        {
            return;
        }

        var state = Akka.Cluster.Cluster.Get(Context.System).State;
        foreach (var (before, (name, now, at)) in _replaced.Where(r => Now - r.Value.At >= TwinsAfter).ToList())
        {
            var member = state.Members.FirstOrDefault(m => m.Address == before);
            if (member is not { Status: MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up })
            {
                _replaced.Remove(before);
            }
            else if (member.Status == MemberStatus.Up && state.Unreachable.All(m => m.Address != before))
            {
                _replaced.Remove(before);
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
}
