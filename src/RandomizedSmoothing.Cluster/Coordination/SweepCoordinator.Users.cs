using Akka.Actor;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>What workers and users say to the coordinator.</summary>
public sealed partial class SweepCoordinator
{
    private const int CellsPerPage = 500;
    private const int DevicesPerPage = 500;

    private readonly Dictionary<(SweepId, bool Revive), List<(IActorRef, Func<string?>?)>> _loads = [];

    private void ReceiveWorkers()
    {
        Receive<WorkerProtocol.Register>(OnRegister);
        Receive<WorkerProtocol.RequestShard>(m =>
            Known(m.Worker, () => _state.RequestWork(new DeviceId(m.Worker, m.Device), m.Prefetch, m.Held, Now))
        );
        Receive<WorkerProtocol.Progress>(m => Known(m.Worker, () => _state.Renew(m.Worker, m.Leases, Now)));
        Receive<WorkerProtocol.ShardCounted>(m =>
            Known(m.Worker, () => _state.ShardCounted(new DeviceId(m.Worker, m.Device), m.Lease, Now))
        );
        Receive<WorkerProtocol.ShardReturned>(m =>
            Known(m.Worker, () => _state.WorkReturned(new DeviceId(m.Worker, m.Device), m.Lease, Now, m.Checkpoint))
        );
        Receive<WorkerProtocol.ShardFailed>(m =>
            Known(
                m.Worker,
                () =>
                    _state.WorkFailed(
                        new DeviceId(m.Worker, m.Device),
                        m.Lease,
                        m.Reason,
                        m.Permanent,
                        Now,
                        m.OfMachine
                    )
            )
        );
        Receive<WorkerProtocol.TrainingFinished>(OnTrainingFinished);
        Receive<WorkerProtocol.Draining>(m => Known(m.Worker, () => _state.Drain(m.Worker)));
        Receive<WorkerProtocol.Drained>(_ => { });
    }

    private void ReceiveUsers()
    {
        Receive<SweepCommands.Submit>(OnSubmit);
        Receive<Stored>(OnStored);
        Receive<SweepCommands.Pause>(m => Steer(m.Sweep, () => _state.Pause(m.Sweep)));
        Receive<SweepCommands.Resume>(m => Steer(m.Sweep, () => _state.Resume(m.Sweep, Now)));
        Receive<SweepCommands.Cancel>(m => Steer(m.Sweep, () => _state.Cancel(m.Sweep)));
        Receive<SweepCommands.SetPriority>(m => Steer(m.Sweep, () => _state.SetPriority(m.Sweep, m.Priority, Now)));
        Receive<SweepCommands.Retry>(OnRetry);
        Receive<SweepCommands.DrainWorker>(OnDrainWorker);
        Receive<SweepCommands.ReleaseShard>(m => Command(Sender, () => _state.Release(m.Work)));
        Receive<WorkerProtocol.MeasureThroughput>(OnMeasureThroughput);
        Receive<SweepQueries.GetProgress>(OnGetProgress);
        Receive<SweepQueries.ListWorkers>(m => Sender.Tell(FleetView.Of(_state, m.From, DevicesPerPage)));
        Receive<SweepQueries.GetTrouble>(_ => Sender.Tell(new SweepQueries.Trouble(_state.LedgerTrouble)));
        Receive<SweepEvents.Subscribe>(_ =>
        {
            if (_listeners.Add(Sender))
            {
                Context.Watch(Sender);
            }
        });
    }

    private void OnRegister(WorkerProtocol.Register register)
    {
        var name = register.Worker.Name;
        if (_workers.TryGetValue(name, out var known))
        {
            NoteReplaced(name, AddressOf(known), AddressOf(Sender));
        }

        _workers[name] = Sender;
        Context.Watch(Sender);
        _expected.Remove(AddressOf(Sender));
        Decide(() => _state.Register(register.Worker, register.Held, Now));
        Sender.Tell(new WorkerProtocol.Registered(_incarnation));
        if (!_state.IsOpen && _expected.Count == 0)
        {
            Decide(() => _state.Open(Now));
        }
    }

    private static Address AddressOf(IActorRef worker) =>
        worker.Path.Address.HasLocalScope ? Akka.Cluster.Cluster.Get(Context.System).SelfAddress : worker.Path.Address;

    private void OnTerminated(Terminated terminated)
    {
        _listeners.Remove(terminated.ActorRef);
        foreach (var name in _workers.Where(w => w.Value.Equals(terminated.ActorRef)).Select(w => w.Key).ToList())
        {
            _workers.Remove(name);
            _expected.Remove(AddressOf(terminated.ActorRef));
            Decide(() => _state.WorkerLost(name, "its process has gone", Now));
        }
    }

    private void OnTrainingFinished(WorkerProtocol.TrainingFinished finished)
    {
        if (!_workers.ContainsKey(finished.Worker))
        {
            Sender.Tell(new WorkerProtocol.PleaseRegister(_incarnation));
            return;
        }

        // Acknowledged once the lease is closed, which follows the record; a repeat in between records the same.
        var device = new DeviceId(finished.Worker, finished.Device);
        if (_state.Leases.Find(finished.Lease)?.Device != device)
        {
            Tell(device, new WorkerProtocol.Ack(finished.Device, finished.Lease));
        }

        var self = Self;
        _ledger
            .RecordArtifactAsync(
                new ArtifactRecord(finished.Key, finished.File, finished.Accuracy, finished.Seconds),
                CancellationToken.None
            )
            .PipeTo(self, success: artifact => new Trained(artifact), failure: error => new Refused(error));
    }

    private void Known(string worker, Action decision)
    {
        if (!_workers.ContainsKey(worker))
        {
            Sender.Tell(new WorkerProtocol.PleaseRegister(_incarnation));
            return;
        }

        Decide(decision);
    }

    // It is stored, so that there is nothing to record.
    private void OnSubmit(SweepCommands.Submit submit)
    {
        if (_state.Find(submit.Sweep) is null)
        {
            LoadThen(submit.Sweep);
            return;
        }

        Sender.Tell(new SweepCommands.Reply(null));
    }

    // One that is stored, and of which nobody has told, is taken in first.
    private void Steer(SweepId id, Func<string?> decision)
    {
        if (_state.Find(id) is null)
        {
            LoadThen(id, decision);
            return;
        }

        Command(Sender, decision);
    }

    private void Command(IActorRef sender, Func<string?> decision)
    {
        string? refusal = null;
        Decide(() => refusal = decision());

        if (_state.LedgerTrouble is { } trouble)
        {
            sender.Tell(
                new SweepCommands.Reply(
                    refusal
                        ?? $"The command is in effect, but cannot be recorded yet, because the ledger takes no writes: {trouble}"
                )
            );
            return;
        }

        // After the writes that the command caused: an answer means that it is durable.
        _outbox.Add(() => Task.CompletedTask, () => sender.Tell(new SweepCommands.Reply(refusal)));
    }

    private void OnRetry(SweepCommands.Retry retry)
    {
        if (_state.Find(retry.Sweep) is not null)
        {
            Command(
                Sender,
                () =>
                {
                    _state.Retry(retry.Sweep, Now);
                    return null;
                }
            );
            return;
        }

        LoadThen(retry.Sweep, revive: true);
    }

    // Whoever asks repeats the question every few seconds, and a wide sweep is read for longer: all wait for one reading.
    private void LoadThen(SweepId id, Func<string?>? then = null, bool revive = false)
    {
        if (_loads.TryGetValue((id, revive), out var waiting))
        {
            waiting.Add((Sender, then));
            return;
        }

        _loads.Add((id, revive), [(Sender, then)]);
        var load = revive ? StoredSweep.ReviveAsync(_ledger, id, _term) : StoredSweep.LoadAsync(_ledger, id);
        load.PipeTo(
            Self,
            success: sweep => new Stored(id, revive, sweep, null),
            failure: error => new Stored(id, revive, null, error)
        );
    }

    private void OnStored(Stored stored)
    {
        _loads.Remove((stored.Id, stored.Revive), out var waiting);
        var refusal = stored switch
        {
            { Error: UnreadableSweepException unreadable } when !unreadable.Sweep.State.IsFinal() => Refuse(
                unreadable.Sweep,
                unreadable.InnerException!
            ),
            { Error: { } error } => error.Message,
            { Sweep: null } => $"There is no sweep {stored.Id}.",
            { Sweep: { IsFinal: false } sweep } => Taken(sweep),
            _ => null,
        };
        foreach (var (sender, then) in waiting ?? [])
        {
            if (refusal is null && then is not null)
            {
                Command(sender, then);
            }
            else
            {
                sender.Tell(new SweepCommands.Reply(refusal));
            }
        }
    }

    private string? Taken(StoredSweep sweep)
    {
        string? refusal = null;
        Decide(() => refusal = Take(sweep));
        return refusal;
    }

    private void OnDrainWorker(SweepCommands.DrainWorker drain)
    {
        string? refusal = null;
        Decide(() => refusal = _state.Drain(drain.Worker));
        if (refusal is null && _workers.TryGetValue(drain.Worker, out var worker))
        {
            worker.Tell(new WorkerProtocol.Drain("drained by a user"));
        }

        Sender.Tell(new SweepCommands.Reply(refusal));
    }

    private void OnMeasureThroughput(WorkerProtocol.MeasureThroughput measure)
    {
        if (_workers.TryGetValue(measure.Worker, out var worker))
        {
            worker.Forward(measure);
        }
        else
        {
            Sender.Tell(new WorkerProtocol.ThroughputMeasured(null, $"The worker {measure.Worker} has gone."));
        }
    }

    private void OnGetProgress(SweepQueries.GetProgress query) =>
        Sender.Tell(
            new SweepQueries.ProgressPage(
                _state.Progress(query.Sweep, Now, query.FromCell, CellsPerPage),
                _state.Find(query.Sweep)?.Cells.Count ?? 0
            )
        );

    private void TellListeners()
    {
        foreach (var sweep in _state.Sweeps)
        {
            var change = new SweepEvents.SweepChanged(sweep.Id, sweep.Told, sweep.Done.Draws, sweep.Done.Images);
            if (!_told.TryGetValue(sweep.Id, out var told) || told != change)
            {
                _told[sweep.Id] = change;
                foreach (var listener in _listeners)
                {
                    listener.Tell(change);
                }
            }
        }
    }

    private sealed record Stored(SweepId Id, bool Revive, StoredSweep? Sweep, Exception? Error)
        : INoSerializationVerificationNeeded;

    private sealed record Refused(Exception Error) : INoSerializationVerificationNeeded;
}
