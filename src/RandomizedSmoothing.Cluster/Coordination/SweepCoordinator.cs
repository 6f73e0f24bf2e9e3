using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Cluster.Workers;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>
/// The cluster singleton that hands out work: plumbing around <see cref="CoordinatorState"/>. It keeps nothing that is not in
/// the ledger or with the workers, so the next one goes on where it ended.
/// </summary>
public sealed partial class SweepCoordinator : ReceiveActor, IWithTimers, IWithStash
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ISweepLedger _ledger;
    private readonly DefinitionCache _definitions;
    private readonly IActorRef _cells;
    private readonly TimeProvider _time;
    private readonly ILogger<SweepCoordinator> _logger;
    private readonly CoordinatorSettings _settings;
    private readonly CoordinatorState _state;
    private readonly LedgerOutbox _outbox;
    private readonly string _incarnation = Guid.NewGuid().ToString("N")[..10];
    private readonly Dictionary<string, IActorRef> _workers = [];
    private readonly HashSet<IActorRef> _listeners = [];
    private readonly Dictionary<SweepId, SweepEvents.SweepChanged> _told = [];
    private readonly HashSet<Address> _expected = [];
    private readonly HashSet<SweepId> _leaving = [];
    private readonly HashSet<SweepId> _refused = [];
    private readonly HashSet<SweepId> _forgotten = [];
    private readonly SweepTraces _traces = new();
    private readonly long _started;

    /// <summary>Reads the sweeps that are not final from the ledger, then greets the workers.</summary>
    public SweepCoordinator(
        ISweepLedger ledger,
        DefinitionCache definitions,
        IActorRef cells,
        CoordinatorSettings settings,
        TimeProvider time,
        ILogger<SweepCoordinator> logger
    )
    {
        _ledger = ledger;
        _definitions = definitions;
        _cells = cells;
        _time = time;
        _logger = logger;
        _settings = settings;
        _state = new CoordinatorState(_incarnation, settings);
        _started = time.GetTimestamp();
        var self = Self;
        _outbox = new LedgerOutbox(
            (outbox, write) =>
                write.PipeTo(self, success: () => new Written(outbox), failure: error => new WriteFailed(outbox, error))
        );
        Loading();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    public IStash Stash { get; set; } = null!;

    private TimeSpan Now => _time.GetElapsedTime(_started);

    /// <inheritdoc />
    protected override void PreStart() => LoadAll();

    // Whatever ended the last one may be there still.
    /// <inheritdoc />
    protected override void PostRestart(Exception reason) =>
        Timers.StartSingleTimer("load", new LoadAgain(), RetryAfter);

    private void Loading()
    {
        Receive<Loaded>(loaded =>
        {
            _term = loaded.Term;
            Become(Ready);
            Timers.StartPeriodicTimer("tick", new Tick(), TickEvery, TickEvery);
            Timers.StartSingleTimer("compare", new Compare(), _settings.CompareEvery);
            Greet();
            TakeAll(loaded.Unfinished);
            Stash.UnstashAll();
        });
        Receive<LoadFailed>(failed =>
        {
            _logger.LogWarning(failed.Error, "The ledger cannot be read yet");
            Timers.StartSingleTimer("load", new LoadAgain(), RetryAfter);
        });
        Receive<LoadAgain>(_ => LoadAll());
        ReceiveAny(_ => Stash.Stash());
    }

    private void Ready()
    {
        ReceiveWorkers();
        ReceiveUsers();
        Receive<CellProtocol.CellSettled>(m =>
            Decide(() => _state.CellSettled(m.Sweep, m.Cell, m.Range, m.Unfinished, m.ImagesDone, m.Draws, Now))
        );
        Receive<CellProtocol.CellAdvanced>(m =>
            Decide(() => _state.CellAdvanced(m.Sweep, m.Cell, m.ImagesDone, m.Draws, Now))
        );
        Receive<CellProtocol.VotesConflicted>(m =>
        {
            _logger.LogError(
                "Votes of {Device} contradict recorded ones in {Cell}: {Detail}",
                m.Device,
                m.Cell,
                m.Detail
            );
            Decide(() => _state.VotesConflicted(m.Sweep, m.Cell, m.Device, m.Detail));
        });
        Receive<Trained>(m => Decide(() => _state.ModelTrained(m.Artifact.TrainingKey, m.Artifact.FileHash, Now)));
        Receive<Refused>(refused => _logger.LogWarning(refused.Error, "The ledger refused a trained model"));
        // A write of the actor before a restart may end after it.
        Receive<Written>(written => written.Outbox != _outbox, _ => { });
        Receive<WriteFailed>(failed => failed.Outbox != _outbox, _ => { });
        Receive<Written>(_ =>
        {
            _state.LedgerWritten();
            _outbox.Succeeded();
        });
        Receive<CellProtocol.RecordingFailed>(m => Decide(() => _state.LedgerFailed(m.Reason, Now)));
        Receive<WriteFailed>(failed => failed.Error is SupersededException, _ => Rest());
        Receive<WriteFailed>(failed =>
        {
            Decide(() => _state.LedgerFailed(failed.Error.Message, Now));
            _logger.LogWarning(failed.Error, "The ledger refused a write; it is tried again");
            Timers.StartSingleTimer("write", new WriteAgain(), RetryAfter);
        });
        Receive<WriteAgain>(_ => _outbox.Again());
        Receive<Tick>(_ => OnTick());
        Receive<Compare>(_ => OnCompare());
        Receive<Compared>(OnCompared);
        Receive<Terminated>(OnTerminated);
    }

    private void OnTick()
    {
        if (!_state.IsOpen && (_expected.Count == 0 || Now >= Grace))
        {
            _state.Open(Now);
        }

        Decide(() => _state.Tick(Now));
        TellListeners();
        WarnOfTwins();
        foreach (var sweep in _state.Sweeps.Where(s => s.IsFinal && !_state.Leases.OfSweep(s.Id).Any()).ToList())
        {
            if (_leaving.Add(sweep.Id))
            {
                // Once more, with what was recorded since it became final; then the ledger alone knows it.
                Save(sweep.Id);
                _outbox.Add(
                    () => Task.CompletedTask,
                    () =>
                    {
                        _leaving.Remove(sweep.Id);
                        _told.Remove(sweep.Id);
                        _traces.End(sweep.Id, sweep.State);
                        _state.Forget(sweep.Id);
                        _forgotten.Add(sweep.Id);
                    }
                );
            }
        }
    }

    // Workers that are there already hold work of the last coordinator: they are heard before anything is handed out.
    private void Greet()
    {
        var cluster = Akka.Cluster.Cluster.Get(Context.System);
        foreach (var member in cluster.State.Members.Where(m => m.HasRole(ClusterOptions.WorkerRole)))
        {
            if (member.Status == MemberStatus.Up && !cluster.State.Unreachable.Contains(member))
            {
                _expected.Add(member.Address);
                Context
                    .ActorSelection(new RootActorPath(member.Address) / "user" / WorkerNode.ActorName)
                    .Tell(new WorkerProtocol.PleaseRegister(_incarnation));
            }
        }
    }

    internal static string WorkerName(Address address) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    private void Decide(Action decision)
    {
        decision();
        Perform();
    }

    private void Perform()
    {
        foreach (var effect in _state.TakeEffects())
        {
            Perform(effect);
        }
    }

    private void Perform(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case GrantLease { Lease: { Work: ShardWork work } lease, File: { } file }:
                Tell(
                    lease.Device,
                    new WorkerProtocol.GrantShard(
                        lease.Id,
                        lease.Device.Name,
                        work.Shard,
                        file,
                        _traces.ParentOf(work.Sweep, work.Shard.Cell) ?? ""
                    )
                );
                break;
            case GrantLease { Lease: { Work: TrainingWork work } lease, File: var checkpoint }:
                var cell = _state.Find(work.Sweep)!.Definition.Cells[0].Id;
                Tell(
                    lease.Device,
                    new WorkerProtocol.GrantTraining(
                        lease.Id,
                        lease.Device.Name,
                        work.Sweep,
                        cell,
                        work.Key,
                        checkpoint
                    )
                );
                break;
            case CloseLease close:
                Tell(close.Device, new WorkerProtocol.Ack(close.Device.Name, close.Lease));
                break;
            case RevokeLease revoke:
                Tell(revoke.Device, new WorkerProtocol.Revoke(revoke.Device.Name, revoke.Lease, revoke.Reason));
                break;
            case SettleRange settle:
                _cells.Tell(new CellProtocol.SettleCell(settle.Sweep, settle.Cell, settle.Range));
                break;
            case SaveSweep save:
                Save(save.Sweep);
                break;
            case SaveTroubles troubles:
                Write(() =>
                    _ledger.ReplaceTroublesAsync(
                        troubles.Sweep,
                        troubles.Cell,
                        troubles.Range.First,
                        troubles.Range.Count,
                        troubles.Troubles,
                        _term,
                        CancellationToken.None
                    )
                );
                break;
            case NoteEvent note:
                Write(() => _ledger.AppendEventAsync(note.Sweep, note.Kind, note.Text, _term, CancellationToken.None));
                break;
        }
    }

    private void Tell(DeviceId device, IWireMessage message)
    {
        if (_workers.TryGetValue(device.Worker, out var worker))
        {
            worker.Tell(message);
        }
    }

    private sealed record Loaded(long Term, UnfinishedSweeps Unfinished) : INoSerializationVerificationNeeded;

    private sealed record LoadFailed(Exception Error) : INoSerializationVerificationNeeded;

    private sealed record LoadAgain : INoSerializationVerificationNeeded;

    private sealed record Written(LedgerOutbox Outbox) : INoSerializationVerificationNeeded;

    private sealed record WriteFailed(LedgerOutbox Outbox, Exception Error) : INoSerializationVerificationNeeded;

    private sealed record WriteAgain : INoSerializationVerificationNeeded;

    private sealed record Trained(ArtifactRecord Artifact) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded;
}
