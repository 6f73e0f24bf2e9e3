using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Protocol;

namespace RandomizedSmoothing.Cluster.Membership;

/// <summary>
/// Asks the control nodes that this node is to join whether they know it, and answers others that ask. Beside the gossip, so
/// that a node notices what the gossip can no longer tell it.
/// </summary>
internal sealed class RollCaller : ReceiveActor, IWithTimers
{
    /// <summary>The actor's name below <c>/user</c>.</summary>
    public const string ActorName = "roll-call";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly MembershipVerdict _verdict;
    private readonly IReadOnlyList<Address> _seeds;
    private readonly IReadOnlyList<ActorSelection> _others;
    private readonly TimeSpan _patience;
    private readonly string _ledger;
    private readonly MembershipWatch _watch;
    private readonly TimeProvider _time;
    private readonly ILogger<RollCaller> _logger;
    private readonly long _started;
    private bool _hasExplained;

    /// <param name="seeds">Addresses of the control nodes that are asked; may hold this node's own.</param>
    /// <param name="patience">How long a cluster that answers may keep this node waiting.</param>
    /// <param name="ledger">Identity of this node's ledger; empty for none.</param>
    /// <param name="watch">Told when this node is out.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Told why a node may wait in vain.</param>
    public RollCaller(
        IReadOnlyList<string> seeds,
        TimeSpan patience,
        string ledger,
        MembershipWatch watch,
        TimeProvider time,
        ILogger<RollCaller> logger
    )
    {
        (_patience, _watch, _time, _logger, _started) = (patience, watch, time, logger, time.GetTimestamp());
        _ledger = ledger;
        var calm = patience / 6;
        _verdict = new MembershipVerdict(patience, calm, ledger);
        _seeds = [.. seeds.Select(Address.Parse).Where(seed => seed != _cluster.SelfAddress)];
        _others = [.. _seeds.Select(seed => Context.ActorSelection($"{seed}/user/{ActorName}"))];
        Receive<MembershipProtocol.RollCall>(Answer);
        Receive<MembershipProtocol.Present>(answer => _verdict.Heard(answer, Now));
        Receive<Ask>(_ => AskAll());
        Receive<ThisActorSystemQuarantinedEvent>(quarantine =>
            Timers.StartSingleTimer(
                "out",
                new Out($"The node {quarantine.RemoteAddress} takes this one for gone and hears it no more."),
                calm
            )
        );
        Receive<Out>(known => watch.End(known.Reason));
        Receive<Probed>(probed => Explain(probed.Open));
        Receive<ClusterEvent.MemberLeft>(left =>
        {
            if (left.Member.UniqueAddress == _cluster.SelfUniqueAddress)
            {
                watch.Ask();
            }
        });
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(_started);

    /// <inheritdoc />
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberLeft)
        );
        if (_others.Count > 0)
        {
            Timers.StartPeriodicTimer("ask", new Ask(), Every, Every);
        }
    }

    /// <inheritdoc />
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void AskAll()
    {
        var self = _cluster.SelfUniqueAddress;
        var call = new MembershipProtocol.RollCall(self.Address.ToString(), self.Uid);
        foreach (var other in _others)
        {
            other.Tell(call);
        }

        if (_verdict.Judge(IsUp, Weight(), Now) is { } reason)
        {
            _watch.End(reason);
        }
        else if (!_hasExplained && !IsUp && !_verdict.HasHeard && Now > _patience)
        {
            SeedPort.FirstOpenAsync(_seeds).PipeTo(Self, success: open => new Probed(open));
        }
    }

    private void Explain(Address? open)
    {
        if (open is { } seed && !_hasExplained && !_verdict.HasHeard)
        {
            _hasExplained = true;
            _logger.LogWarning("{Reason}", SeedPort.Explanation(seed, _cluster.SelfAddress, Now));
        }
    }

    private void Answer(MembershipProtocol.RollCall call)
    {
        var known = _cluster.State.Members.FirstOrDefault(member =>
            member.UniqueAddress.Uid == call.Incarnation && member.Address.ToString() == call.Address
        );
        var wasBefore = known is null || _cluster.SelfMember.IsOlderThan(known);
        Sender.Tell(
            new MembershipProtocol.Present(
                _cluster.SelfAddress.ToString(),
                IsUp,
                known is not null,
                Weight(),
                wasBefore ? _ledger : ""
            )
        );
    }

    private bool IsUp => !_cluster.IsTerminated && _cluster.SelfMember.Status == MemberStatus.Up;

    private ClusterWeight Weight()
    {
        var state = _cluster.State;
        var up = state.Members.Where(m => m.Status == MemberStatus.Up && !state.Unreachable.Contains(m)).ToList();
        var controls = up.Where(m => m.HasRole(ClusterOptions.ControlRole))
            .Select(m => m.Address.ToString())
            .Order(StringComparer.Ordinal)
            .ToList();
        return new ClusterWeight(controls.Count, up.Count, controls.FirstOrDefault() ?? "");
    }

    private sealed record Ask : INoSerializationVerificationNeeded;

    private sealed record Probed(Address? Open) : INoSerializationVerificationNeeded;

    private sealed record Out(string Reason) : INoSerializationVerificationNeeded;
}
