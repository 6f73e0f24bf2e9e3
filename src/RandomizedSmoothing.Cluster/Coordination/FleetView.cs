using RandomizedSmoothing.Cluster.Protocol;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>The workers as people see them.</summary>
internal static class FleetView
{
    /// <summary>Workers in the order of their names from the so-many-th on, each device with what it holds.</summary>
    /// <param name="state">The coordinator's.</param>
    /// <param name="from">How many to pass over.</param>
    /// <param name="mostDevices">The page ends with the worker that reaches this number of devices.</param>
    public static SweepQueries.Workers Of(CoordinatorState state, int from, int mostDevices)
    {
        var page = new List<WorkerView>();
        var devices = 0;
        foreach (var worker in state.Fleet.Workers.OrderBy(w => w.Description.Name, StringComparer.Ordinal).Skip(from))
        {
            page.Add(View(state, worker));
            devices += worker.Devices.Count;
            if (devices >= mostDevices)
            {
                break;
            }
        }

        return new SweepQueries.Workers(page, state.Fleet.Workers.Count);
    }

    private static WorkerView View(CoordinatorState state, FleetWorker worker) =>
        new(
            worker.Description.Name,
            worker.Draining,
            [
                .. worker.Devices.Select(device => new DeviceView(
                    device.Description,
                    state.Leases.OfDevice(device.Id).OrderBy(l => l.Prefetched).FirstOrDefault()?.Work.ToString(),
                    device.Stalled ?? device.Suspicion ?? device.Fault,
                    state.Leases.OfDevice(device.Id).Any() ? device.DrawsPerSecond : 0,
                    device.Memory
                )),
            ]
        );
}
