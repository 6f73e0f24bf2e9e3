using Akka.Actor;
using Akka.Cluster;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>Membership as the actor system's gossip has it.</summary>
public sealed class AkkaMembership(ActorSystem system) : IClusterMembership
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <inheritdoc />
    public IReadOnlyList<ClusterMember> Members
    {
        get
        {
            var state = _cluster.State;
            var oldest = state
                .Members.Where(m => m.HasRole(ClusterOptions.ControlRole) && m.Status == MemberStatus.Up)
                .OrderBy(m => m, Member.AgeOrdering)
                .FirstOrDefault();
            return
            [
                .. state
                    .Members.Select(member => new ClusterMember(
                        Text(member.Address),
                        [.. member.Roles.Order(StringComparer.Ordinal)],
                        member.Status.ToString().ToLowerInvariant(),
                        !state.Unreachable.Contains(member),
                        member.Address == state.Leader,
                        member.UniqueAddress == oldest?.UniqueAddress,
                        member.UniqueAddress == _cluster.SelfUniqueAddress
                    ))
                    .OrderBy(member => member.Address, StringComparer.Ordinal),
            ];
        }
    }

    /// <inheritdoc />
    public void Leave(string address) => _cluster.Leave(Find(address).Address);

    /// <inheritdoc />
    public IReadOnlyList<string> DownUnreachable()
    {
        var unreachable = _cluster.State.Unreachable.Select(member => member.Address).ToList();
        unreachable.ForEach(_cluster.Down);
        return [.. unreachable.Select(Text)];
    }

    private Member Find(string address) =>
        _cluster.State.Members.FirstOrDefault(member => Text(member.Address) == address)
        ?? throw new UserErrorException(
            $"There is no member '{address}'. The members are {string.Join(", ", _cluster.State.Members.Select(m => Text(m.Address)))}."
        );

    private static string Text(Address address) => $"{address.Host}:{address.Port}";
}
