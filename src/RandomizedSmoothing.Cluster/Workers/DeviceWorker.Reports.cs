using System.Diagnostics;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Workers;

/// <summary>What goes out, and is repeated until it is answered.</summary>
internal sealed partial class DeviceWorker
{
    // Its leases are lost with the one before it, and nobody has told this one that the node is registered.
    /// <inheritdoc />
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Context.Parent.Tell(new BegunAnew());
    }

    private void AskForWork(bool again)
    {
        if (!_registered || _draining || _resting || _jobs.Exists(j => j.Phase is JobPhase.Fetching or JobPhase.Ready))
        {
            return;
        }

        var request = _jobs.Exists(j => j.Phase == JobPhase.Running) ? WorkRequest.Prefetch : WorkRequest.Now;
        if (request == WorkRequest.Prefetch && !_settings.Prefetch)
        {
            return;
        }

        if (again || request != _requested || _time.GetElapsedTime(_requestedAt) >= AskAgainAfter)
        {
            _requested = request;
            _requestedAt = _time.GetTimestamp();
            Context.Parent.Tell(
                new WorkerProtocol.RequestShard(
                    _stamp.Node,
                    _device.Name,
                    request == WorkRequest.Prefetch,
                    [.. _jobs.Select(j => j.Lease)]
                )
            );
        }
    }

    private void SendVotes()
    {
        foreach (var job in _jobs.Where(j => j.InFlight is null).ToList())
        {
            var batch = job.Outbox.Take(_settings.BatchBytes);
            if (batch.Count > 0)
            {
                job.InFlight = new CellProtocol.RecordVotes(job.Work.Sweep, job.Cell, _stamp, ++_batch, batch);
                job.AskedAt = _time.GetTimestamp();
                _cells.Tell(job.InFlight);
            }
            else if (job.Phase == JobPhase.Flushing)
            {
                job.Phase = JobPhase.Reporting;
                SendReport(job);
            }
        }
    }

    private void OnVotesRecorded(CellProtocol.VotesRecorded recorded)
    {
        if (_jobs.Find(j => j.InFlight?.Batch == recorded.Batch) is { } job)
        {
            job.InFlight = null;
            SendVotes();
        }
    }

    private void SendReport(DeviceJob job)
    {
        job.AskedAt = _time.GetTimestamp();
        Context.Parent.Tell(job.Report!);
    }

    private void OnAck(WorkerProtocol.Ack ack)
    {
        if (Find(ack.Lease) is { Phase: JobPhase.Reporting } job)
        {
            Drop(job);
        }
    }

    private void OnRevoke(WorkerProtocol.Revoke revoke)
    {
        switch (Find(revoke.Lease))
        {
            case null:
                Context.Parent.Tell(
                    new WorkerProtocol.ShardReturned(_stamp.Node, _device.Name, revoke.Lease, "not held")
                );
                break;
            case { Phase: JobPhase.Fetching or JobPhase.Ready or JobPhase.Running } job:
                GiveBack(job, revoke.Reason);
                break;
        }
    }

    private void GiveBack(DeviceJob job, string reason)
    {
        var running = job.Phase == JobPhase.Running;
        job.Cancel(reason);
        if (!running)
        {
            job.Report = new WorkerProtocol.ShardReturned(_stamp.Node, _device.Name, job.Lease, reason);
            job.Phase = JobPhase.Reporting;
            SendReport(job);
        }
    }

    // What cannot succeed for one shard of a cell cannot for the next, and what the machine cannot do now is for others.
    private void GiveBackPrefetched(DeviceJob ended)
    {
        if (ended.Report is not WorkerProtocol.ShardFailed failed)
        {
            return;
        }

        foreach (var job in _jobs.Where(j => j.Phase is JobPhase.Fetching or JobPhase.Ready).ToList())
        {
            if (failed.OfMachine)
            {
                GiveBack(job, "the machine is at fault");
            }
            else if (failed.Permanent && job.Work.Sweep == ended.Work.Sweep && job.Cell == ended.Cell)
            {
                GiveBack(job, "the cell has failed");
            }
        }
    }

    private void OnDrain(DrainDevice drain)
    {
        _draining = true;
        _drainedTo = Sender;
        foreach (var job in _jobs.ToList())
        {
            if (job.Phase is JobPhase.Fetching or JobPhase.Ready or JobPhase.Running)
            {
                GiveBack(job, drain.Reason);
            }
        }

        TellDrained();
    }

    private void Drop(DeviceJob job)
    {
        _jobs.Remove(job);
        job.Dispose();
        TellDrained();
        RunNext();
    }

    private void TellDrained()
    {
        if (_draining && _jobs.Count == 0)
        {
            _drainedTo.Tell(new DeviceDrained(_device.Name));
        }
    }

    private void OnTick()
    {
        Measure();
        SendVotes();
        foreach (var job in _jobs.Where(j => _time.GetElapsedTime(j.AskedAt) >= _settings.ResendAfter).ToList())
        {
            if (job.InFlight is { } batch)
            {
                job.AskedAt = _time.GetTimestamp();
                _cells.Tell(batch);
            }
            else if (job.Phase == JobPhase.Fetching)
            {
                FetchOrRun(job);
            }
            else if (job.Phase == JobPhase.Reporting)
            {
                SendReport(job);
            }
        }

        if (_jobs.Count == 0)
        {
            AskForWork(again: false);
        }
        else
        {
            Context.Parent.Tell(new WorkerProtocol.Progress(_stamp.Node, [.. _jobs.Select(Describe)]));
        }
    }

    private void Measure()
    {
        var draws = _jobs.Sum(job => job.Outbox.TakeDraws());
        _meter.Add(_time.GetElapsedTime(_begun), draws);
        if (draws > 0)
        {
            Instruments.Draws.Add(draws, new KeyValuePair<string, object?>("device", _device.Name));
        }
    }

    private void Begin(DeviceJob job)
    {
        job.RunningSince = _time.GetTimestamp();
        job.Outbox.Know(job.Counted);
        ActivityContext.TryParse(job.Trace, null, out var parent);
        job.Span = Instruments
            .Source.StartActivity(job.Work is TrainingWork ? "training" : "shard", ActivityKind.Consumer, parent)
            ?.SetTag("sweep", job.Work.Sweep.Value)
            .SetTag("cell", job.Cell.Value)
            .SetTag("work", job.Work.ToString())
            .SetTag("device", _stamp.Id);
        Activity.Current = null;
    }

    private void Account(DeviceJob job)
    {
        Measure();
        var outcome = job.Report switch
        {
            WorkerProtocol.ShardFailed => "failed",
            WorkerProtocol.ShardReturned => "returned",
            _ => "done",
        };
        var kind = new KeyValuePair<string, object?>("kind", job.Work is TrainingWork ? "training" : "shard");
        Instruments.Work.Add(1, kind, new KeyValuePair<string, object?>("outcome", outcome));
        Instruments.Duration.Record(_time.GetElapsedTime(job.RunningSince).TotalSeconds, kind);
        job.Span?.SetTag("outcome", outcome).Dispose();
        _logger.LogDebug(
            "{Outcome}: sweep {Sweep}, cell {Cell}, shard {Shard} on {Device}",
            outcome,
            job.Work.Sweep,
            job.Cell,
            job.Work,
            _stamp.Id
        );
    }

    private void Rest(DeviceJob job, Exception? error)
    {
        if (job.Report is not WorkerProtocol.ShardFailed { Permanent: false } failed)
        {
            _failures = 0;
            return;
        }

        // What a user error says is all that there is to know of it; where it was thrown helps nobody.
        _logger.LogWarning(
            error is UserErrorException ? null : error,
            "{Device} failed at sweep {Sweep}, cell {Cell}, shard {Shard}: {Reason}",
            _stamp.Id,
            job.Work.Sweep,
            job.Cell,
            job.Work,
            failed.Reason
        );
        _resting = true;
        _unfit = failed.OfMachine;
        var first = _settings.FailureBackoff * (_unfit ? FaultFactor : 1);
        var pause = first * Math.Pow(2, Math.Min(_failures++, 10));
        Timers.StartSingleTimer("rest", new Rested(), pause < LongestBackoff ? pause : LongestBackoff);
    }

    private LeaseReport Describe(DeviceJob job) =>
        new(
            job.Lease,
            _device.Name,
            job.Phase >= JobPhase.Running,
            job.Outbox.HasReports || job.Fraction > 0,
            job.Fraction,
            job.Idle(_time),
            _meter.Rate(_time.GetElapsedTime(_begun)),
            _factory.MemoryOf(_device)
        );

    private IReadOnlyList<HeldLease> HeldLeases() =>
        [.. _jobs.Select(job => new HeldLease(job.Lease, _device.Name, job.Work, job.Phase >= JobPhase.Running))];

    /// <summary>The device holds nothing of what it held and does not know whether the node is registered.</summary>
    internal sealed record BegunAnew : INoSerializationVerificationNeeded;
}
