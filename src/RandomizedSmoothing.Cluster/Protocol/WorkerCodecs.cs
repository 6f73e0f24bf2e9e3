using Google.Protobuf;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>The messages of <see cref="WorkerProtocol"/> on the wire.</summary>
internal static class WorkerCodecs
{
    public static IReadOnlyList<WireCodec> All { get; } =
    [
        WireCodec.Of("register", Write, Wire.Register.Parser, Read),
        WireCodec.Of(
            "registered",
            m => new Wire.Greeting { Coordinator = m.Coordinator },
            Wire.Greeting.Parser,
            w => new WorkerProtocol.Registered(w.Coordinator)
        ),
        WireCodec.Of(
            "please-register",
            m => new Wire.Greeting { Coordinator = m.Coordinator },
            Wire.Greeting.Parser,
            w => new WorkerProtocol.PleaseRegister(w.Coordinator)
        ),
        WireCodec.Of(
            "request-shard",
            m => new Wire.RequestShard
            {
                Worker = m.Worker,
                Device = m.Device,
                Prefetch = m.Prefetch,
                Held = { m.Held.Select(lease => lease.Value) },
            },
            Wire.RequestShard.Parser,
            w => new WorkerProtocol.RequestShard(
                w.Worker,
                w.Device,
                w.Prefetch,
                [.. w.Held.Select(lease => new LeaseId(lease))]
            )
        ),
        WireCodec.Of(
            "grant-shard",
            m => new Wire.GrantShard
            {
                Lease = m.Lease.Value,
                Device = m.Device,
                Sweep = m.Shard.Sweep.Value,
                Shard = m.Shard.ToWire(),
                ModelFile = m.ModelFile.Hex,
                Trace = m.Trace,
            },
            Wire.GrantShard.Parser,
            w => new WorkerProtocol.GrantShard(
                new LeaseId(w.Lease),
                w.Device,
                w.Shard.FromWire(w.Sweep),
                new ContentHash(w.ModelFile),
                w.Trace
            )
        ),
        WireCodec.Of(
            "grant-training",
            m => new Wire.GrantTraining
            {
                Lease = m.Lease.Value,
                Device = m.Device,
                Sweep = m.Sweep.Value,
                Cell = m.Cell.Value,
                Key = m.Key.Hex,
                Checkpoint = m.Checkpoint?.Hex ?? "",
            },
            Wire.GrantTraining.Parser,
            w => new WorkerProtocol.GrantTraining(
                new LeaseId(w.Lease),
                w.Device,
                new SweepId(w.Sweep),
                new CellId(w.Cell),
                new ContentHash(w.Key),
                Digest(w.Checkpoint)
            )
        ),
        WireCodec.Of("progress", Write, Wire.Progress.Parser, Read),
        WireCodec.Of(
            "counted",
            m => Ended(m.Worker, m.Device, m.Lease),
            Wire.LeaseEnded.Parser,
            w => new WorkerProtocol.ShardCounted(w.Worker, w.Device, new LeaseId(w.Lease))
        ),
        WireCodec.Of(
            "returned",
            m => Ended(m.Worker, m.Device, m.Lease, m.Reason, checkpoint: m.Checkpoint),
            Wire.LeaseEnded.Parser,
            w => new WorkerProtocol.ShardReturned(
                w.Worker,
                w.Device,
                new LeaseId(w.Lease),
                w.Reason,
                Digest(w.Checkpoint)
            )
        ),
        WireCodec.Of(
            "failed",
            m => Ended(m.Worker, m.Device, m.Lease, m.Reason, m.Permanent, m.OfMachine),
            Wire.LeaseEnded.Parser,
            w => new WorkerProtocol.ShardFailed(
                w.Worker,
                w.Device,
                new LeaseId(w.Lease),
                w.Reason,
                w.Permanent,
                w.OfMachine
            )
        ),
        WireCodec.Of("trained", Write, Wire.TrainingFinished.Parser, Read),
        WireCodec.Of("measure-throughput", Write, Wire.MeasureThroughput.Parser, Read),
        WireCodec.Of("throughput-measured", Write, Wire.ThroughputMeasured.Parser, Read),
        WireCodec.Of(
            "ack",
            m => new Wire.LeaseNotice { Device = m.Device, Lease = m.Lease.Value },
            Wire.LeaseNotice.Parser,
            w => new WorkerProtocol.Ack(w.Device, new LeaseId(w.Lease))
        ),
        WireCodec.Of(
            "revoke",
            m => new Wire.LeaseNotice
            {
                Device = m.Device,
                Lease = m.Lease.Value,
                Reason = m.Reason,
            },
            Wire.LeaseNotice.Parser,
            w => new WorkerProtocol.Revoke(w.Device, new LeaseId(w.Lease), w.Reason)
        ),
        WireCodec.Of(
            "drain",
            m => new Wire.DrainNotice { Text = m.Reason },
            Wire.DrainNotice.Parser,
            w => new WorkerProtocol.Drain(w.Text)
        ),
        WireCodec.Of(
            "draining",
            m => new Wire.DrainNotice { Text = m.Worker },
            Wire.DrainNotice.Parser,
            w => new WorkerProtocol.Draining(w.Text)
        ),
        WireCodec.Of(
            "drained",
            m => new Wire.DrainNotice { Text = m.Worker },
            Wire.DrainNotice.Parser,
            w => new WorkerProtocol.Drained(w.Text)
        ),
    ];

    private static Wire.Register Write(WorkerProtocol.Register message) =>
        new()
        {
            Name = message.Worker.Name,
            Incarnation = message.Worker.Incarnation,
            Software = message.Worker.Software,
            Devices = { message.Worker.Devices.Select(WireParts.ToWire) },
            Held =
            {
                message.Held.Select(held => new Wire.HeldLease
                {
                    Lease = held.Lease.Value,
                    Device = held.Device,
                    Work = held.Work.ToWire(),
                    Running = held.Running,
                }),
            },
        };

    private static WorkerProtocol.Register Read(Wire.Register wire) =>
        new(
            new WorkerDescription(
                wire.Name,
                wire.Incarnation,
                wire.Software,
                [.. wire.Devices.Select(WireParts.FromWire)]
            ),
            [.. wire.Held.Select(h => new HeldLease(new LeaseId(h.Lease), h.Device, h.Work.FromWire(), h.Running))]
        );

    private static Wire.Progress Write(WorkerProtocol.Progress message) =>
        new()
        {
            Worker = message.Worker,
            Leases =
            {
                message.Leases.Select(lease => new Wire.LeaseReport
                {
                    Lease = lease.Lease.Value,
                    Device = lease.Device,
                    Running = lease.Running,
                    Advanced = lease.Advanced,
                    Fraction = lease.Fraction,
                    IdleMilliseconds = (long)lease.Idle.TotalMilliseconds,
                    DrawsPerSecond = lease.DrawsPerSecond,
                    Memory = lease.Memory?.ToWire(),
                }),
            },
        };

    private static WorkerProtocol.Progress Read(Wire.Progress wire) =>
        new(
            wire.Worker,
            [
                .. wire.Leases.Select(lease => new LeaseReport(
                    new LeaseId(lease.Lease),
                    lease.Device,
                    lease.Running,
                    lease.Advanced,
                    lease.Fraction,
                    TimeSpan.FromMilliseconds(lease.IdleMilliseconds),
                    lease.DrawsPerSecond,
                    lease.Memory?.FromWire()
                )),
            ]
        );

    private static Wire.TrainingFinished Write(WorkerProtocol.TrainingFinished message) =>
        new()
        {
            Worker = message.Worker,
            Device = message.Device,
            Lease = message.Lease.Value,
            Key = message.Key.Hex,
            File = message.File.Hex,
            Accuracy = message.Accuracy,
            Seconds = message.Seconds,
        };

    private static WorkerProtocol.TrainingFinished Read(Wire.TrainingFinished wire) =>
        new(
            wire.Worker,
            wire.Device,
            new LeaseId(wire.Lease),
            new ContentHash(wire.Key),
            new ContentHash(wire.File),
            wire.Accuracy,
            wire.Seconds
        );

    private static Wire.MeasureThroughput Write(WorkerProtocol.MeasureThroughput message) =>
        new()
        {
            Worker = message.Worker,
            Device = message.Device,
            Task = ByteString.CopyFrom(LedgerJson.Write(message.Task)),
            PatienceMilliseconds = (long)message.Patience.TotalMilliseconds,
        };

    private static WorkerProtocol.MeasureThroughput Read(Wire.MeasureThroughput wire) =>
        new(
            wire.Worker,
            wire.Device,
            LedgerJson.ReadThroughputTask(wire.Task.Span),
            TimeSpan.FromMilliseconds(wire.PatienceMilliseconds)
        );

    private static Wire.ThroughputMeasured Write(WorkerProtocol.ThroughputMeasured message)
    {
        var wire = new Wire.ThroughputMeasured();
        if (message.Reading is { } reading)
        {
            wire.Reading = ByteString.CopyFrom(LedgerJson.Write(reading));
        }

        if (message.Refusal is { } refusal)
        {
            wire.Refusal = refusal;
        }

        return wire;
    }

    private static WorkerProtocol.ThroughputMeasured Read(Wire.ThroughputMeasured wire) =>
        new(
            wire.Reading.IsEmpty ? null : LedgerJson.ReadThroughputReading(wire.Reading.Span),
            wire.HasRefusal ? wire.Refusal : null
        );

    private static Wire.LeaseEnded Ended(
        string worker,
        string device,
        LeaseId lease,
        string reason = "",
        bool permanent = false,
        bool ofMachine = false,
        ContentHash? checkpoint = null
    ) =>
        new()
        {
            Worker = worker,
            Device = device,
            Lease = lease.Value,
            Reason = reason,
            Permanent = permanent,
            OfMachine = ofMachine,
            Checkpoint = checkpoint?.Hex ?? "",
        };

    private static ContentHash? Digest(string hex) => hex.Length == 0 ? null : new ContentHash(hex);
}
