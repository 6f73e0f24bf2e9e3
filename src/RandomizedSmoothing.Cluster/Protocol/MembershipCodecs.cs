using RandomizedSmoothing.Cluster.Membership;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>The messages of <see cref="MembershipProtocol"/> on the wire.</summary>
internal static class MembershipCodecs
{
    public static IReadOnlyList<WireCodec> All { get; } =
    [
        WireCodec.Of(
            "roll-call",
            m => new Wire.RollCall { Address = m.Address, Incarnation = m.Incarnation },
            Wire.RollCall.Parser,
            w => new MembershipProtocol.RollCall(w.Address, w.Incarnation)
        ),
        WireCodec.Of(
            "present",
            m => new Wire.Present
            {
                From = m.From,
                IsUp = m.IsUp,
                KnowsYou = m.KnowsYou,
                Controls = m.Cluster.Controls,
                Members = m.Cluster.Members,
                First = m.Cluster.First,
                Ledger = m.Ledger,
            },
            Wire.Present.Parser,
            w => new MembershipProtocol.Present(
                w.From,
                w.IsUp,
                w.KnowsYou,
                new ClusterWeight(w.Controls, w.Members, w.First),
                w.Ledger
            )
        ),
    ];
}
