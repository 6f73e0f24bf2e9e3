using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Workers;

/// <summary>
/// The devices of one process: presents them to whichever coordinator there is, passes messages between it and them, and
/// drains them before the process leaves.
/// </summary>
public sealed class WorkerNode : ReceiveActor, IWithTimers
{
    /// <summary>The actor's name below <c>/user</c>, by which coordinators find workers.</summary>
    public const string ActorName = "worker";

    private static readonly TimeSpan RegisterAgainAfter = TimeSpan.FromSeconds(1);

    private readonly WorkerDescription _description;
    private readonly IActorRef _coordinator;
    private readonly Dictionary<string, IActorRef> _devices = [];
    private readonly Dictionary<string, IReadOnlyList<HeldLease>> _held = [];
    private readonly HashSet<string> _drained = [];
    private readonly HashSet<IActorRef> _drainedTo = [];
    private bool _draining;

    /// <summary>Registers at once.</summary>
    /// <param name="description">The node and its devices.</param>
    /// <param name="coordinator">Proxy of the coordinator.</param>
    /// <param name="cells">Shard region, or its proxy, of the aggregators.</param>
    /// <param name="factory">Opens devices.</param>
    /// <param name="definitions">Definitions known to this process.</param>
    /// <param name="settings">Times and sizes.</param>
    /// <param name="time">Clock of the repeats.</param>
    /// <param name="logger">For failures of devices.</param>
    public WorkerNode(
        WorkerDescription description,
        IActorRef coordinator,
        IActorRef cells,
        IShardRunnerFactory factory,
        DefinitionCache definitions,
        WorkerSettings settings,
        TimeProvider time,
        ILogger<WorkerNode> logger
    )
    {
        _description = description;
        _coordinator = coordinator;
        foreach (var device in description.Devices)
        {
            var stamp = new DeviceStamp(
                description.Name,
                device.Name,
                device.Kind,
                device.Description,
                description.Software
            );
            _devices[device.Name] = Context.ActorOf(
                Props.Create(() =>
                    new DeviceWorker(device, stamp, cells, factory, definitions, settings, time, logger)
                ),
                Uri.EscapeDataString(device.Name)
            );
        }

        Receive<Begin>(_ => AskDevices());
        Receive<WorkerProtocol.PleaseRegister>(_ => AskDevices());
        Receive<DeviceWorker.BegunAnew>(_ => OnBegunAnew());
        Receive<DeviceWorker.Held>(OnHeld);
        Receive<WorkerProtocol.Registered>(_ =>
        {
            Timers.Cancel("register");
            TellDevices(new DeviceWorker.NodeRegistered());
        });
        Receive<WorkerProtocol.GrantShard>(grant => Forward(grant.Device, grant));
        Receive<WorkerProtocol.GrantTraining>(grant => Forward(grant.Device, grant));
        Receive<WorkerProtocol.Revoke>(revoke => Forward(revoke.Device, revoke));
        Receive<WorkerProtocol.MeasureThroughput>(measure => Forward(measure.Device, measure));
        Receive<WorkerProtocol.Ack>(ack => Forward(ack.Device, ack));
        Receive<WorkerProtocol.Drain>(OnDrain);
        Receive<DeviceWorker.DeviceDrained>(OnDeviceDrained);
        Receive<IWireMessage>(report => _coordinator.Tell(report));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart() => Self.Tell(new Begin());

    private void AskDevices()
    {
        _held.Clear();
        TellDevices(new DeviceWorker.DescribeHeld());
        Timers.StartSingleTimer("register", new Begin(), RegisterAgainAfter);
    }

    // The coordinator hears what is held now, and gives the rest to others at once.
    private void OnBegunAnew()
    {
        if (_draining)
        {
            Sender.Tell(new DeviceWorker.DrainDevice("the worker is draining"));
        }

        AskDevices();
    }

    private void OnHeld(DeviceWorker.Held held)
    {
        _held[held.Device] = held.Leases;
        if (_held.Count == _devices.Count)
        {
            _coordinator.Tell(
                new WorkerProtocol.Register(_description, [.. _held.Values.SelectMany(leases => leases)])
            );
            if (_draining)
            {
                _coordinator.Tell(new WorkerProtocol.Draining(_description.Name));
            }
        }
    }

    private void Forward(string device, object message)
    {
        if (_devices.TryGetValue(device, out var worker))
        {
            worker.Forward(message);
        }
    }

    private void OnDrain(WorkerProtocol.Drain drain)
    {
        _draining = true;
        _drainedTo.Add(Sender);
        _coordinator.Tell(new WorkerProtocol.Draining(_description.Name));
        TellDevices(new DeviceWorker.DrainDevice(drain.Reason));
    }

    private void OnDeviceDrained(DeviceWorker.DeviceDrained drained)
    {
        _drained.Add(drained.Device);
        if (_drained.Count == _devices.Count)
        {
            foreach (var asker in _drainedTo)
            {
                asker.Tell(new WorkerProtocol.Drained(_description.Name));
            }

            _drainedTo.Clear();
        }
    }

    private void TellDevices(object message)
    {
        foreach (var device in _devices.Values)
        {
            device.Tell(message);
        }
    }

    private sealed record Begin : INoSerializationVerificationNeeded;
}
