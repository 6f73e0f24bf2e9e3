using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>A worker node as it presents itself.</summary>
/// <param name="Name"><c>host:port</c> of the node.</param>
/// <param name="Incarnation">Differs between two processes at the same address.</param>
/// <param name="Software">Library versions, for the manifest.</param>
/// <param name="Devices">The devices it offers.</param>
public sealed record WorkerDescription(
    string Name,
    int Incarnation,
    string Software,
    IReadOnlyList<DeviceDescription> Devices
);

/// <summary>What a waiting device has asked for.</summary>
public enum WorkRequest
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A shard to hold ready beside the running one.</summary>
    Prefetch,

    /// <summary>Work to begin at once.</summary>
    Now,
}

/// <summary>A device of the fleet.</summary>
public sealed class FleetDevice(DeviceId id, DeviceDescription description)
{
    /// <summary>Its place among those that wait; null while it waits for nothing.</summary>
    internal LinkedListNode<FleetDevice>? Place { get; set; }

    /// <summary>Told when it becomes able to work, or unable.</summary>
    internal Action? Changed { get; set; }

    /// <summary>Node and device.</summary>
    public DeviceId Id { get; } = id;

    /// <summary>What it is.</summary>
    public DeviceDescription Description { get; } = description;

    /// <summary>What it waits for.</summary>
    public WorkRequest Request { get; set; }

    /// <summary>Why it is taken for hung; null while it is not.</summary>
    public string? Stalled
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke();
        }
    }

    /// <summary>Its speed when it last reported work.</summary>
    public double DrawsPerSecond { get; set; }

    /// <summary>Its memory when it last reported work; null where it is not known.</summary>
    public DeviceMemory? Memory { get; set; }

    /// <summary>Why its votes are doubted; null while they are not.</summary>
    public string? Suspicion { get; set; }

    /// <summary>Why its machine could not do its last work; null once it has done some since.</summary>
    public string? Fault { get; set; }
}

/// <summary>A worker node of the fleet.</summary>
public sealed class FleetWorker(WorkerDescription description)
{
    /// <summary>How it presented itself.</summary>
    public WorkerDescription Description { get; } = description;

    /// <summary>Its devices.</summary>
    public IReadOnlyList<FleetDevice> Devices { get; } =
    [.. description.Devices.Select(d => new FleetDevice(new DeviceId(description.Name, d.Name), d))];

    /// <summary>It gets no more work.</summary>
    public bool Draining
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke();
        }
    }

    /// <summary>Told when it becomes able to work, or unable.</summary>
    internal Action? Changed { get; set; }
}

/// <summary>The worker nodes that have registered, and which of their devices wait for work, longest waiting first.</summary>
public sealed class Fleet
{
    private readonly Dictionary<string, FleetWorker> _workers = [];
    private readonly LinkedList<FleetDevice> _now = new();
    private readonly LinkedList<FleetDevice> _ahead = new();
    private int? _deviceCount;

    /// <summary>All workers by name.</summary>
    public IReadOnlyCollection<FleetWorker> Workers => _workers.Values;

    /// <summary>Whether any device waits for work.</summary>
    public bool IsWaiting => _now.Count + _ahead.Count > 0;

    /// <summary>
    /// Devices that may get work now: not draining, not hung, and not doubted while another is not. Those that have nothing to
    /// do, the fastest first, stand before those that want something to hold ready.
    /// </summary>
    public IReadOnlyList<FleetDevice> Eligible
    {
        get
        {
            var trusted = _workers.Values.Any(w => !w.Draining && w.Devices.Any(d => d.Suspicion is null));
            return
            [
                .. _now.OrderByDescending(d => d.DrawsPerSecond)
                    .Concat(_ahead)
                    .Where(d =>
                        !_workers[d.Id.Worker].Draining && d.Stalled is null && (d.Suspicion is null || !trusted)
                    ),
            ];
        }
    }

    /// <summary>The number of devices that are neither draining nor hung.</summary>
    public int DeviceCount =>
        _deviceCount ??= _workers.Values.Where(w => !w.Draining).Sum(w => w.Devices.Count(d => d.Stalled is null));

    /// <summary>Whether a worker that can get work is there besides some.</summary>
    public bool HasAnotherThan(IReadOnlySet<string> workers) =>
        _workers.Values.Any(w =>
            !workers.Contains(w.Description.Name)
            && !w.Draining
            && w.Devices.Any(d => d is { Stalled: null, Suspicion: null })
        );

    /// <summary>The worker of this name, or null.</summary>
    public FleetWorker? Find(string worker) => _workers.GetValueOrDefault(worker);

    /// <summary>The device, or null.</summary>
    public FleetDevice? Find(DeviceId device) => Find(device.Worker)?.Devices.FirstOrDefault(d => d.Id == device);

    /// <summary>Takes a worker in, in place of one of the same name.</summary>
    public void Put(FleetWorker worker)
    {
        Remove(worker.Description.Name);
        _workers[worker.Description.Name] = worker;
        worker.Changed = Recount;
        foreach (var device in worker.Devices)
        {
            device.Changed = Recount;
        }

        Recount();
    }

    /// <summary>Takes a worker out; null when it is unknown.</summary>
    public FleetWorker? Remove(string worker)
    {
        if (!_workers.Remove(worker, out var removed))
        {
            return null;
        }

        foreach (var device in removed.Devices)
        {
            Served(device);
        }

        Recount();
        return removed;
    }

    /// <summary>Notes what a device waits for; it stands behind those that wait for the same.</summary>
    public void Wait(FleetDevice device, WorkRequest request)
    {
        if (device.Request == request && device.Place is not null)
        {
            return;
        }

        Served(device);
        device.Request = request;
        device.Place = (request == WorkRequest.Now ? _now : _ahead).AddLast(device);
    }

    /// <summary>The device has got what it waited for, or waits no longer.</summary>
    public void Served(FleetDevice device)
    {
        device.Request = WorkRequest.None;
        if (device.Place is { } place)
        {
            place.List!.Remove(place);
            device.Place = null;
        }
    }

    private void Recount() => _deviceCount = null;
}
