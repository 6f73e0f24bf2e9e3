namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>
/// Failures that are a machine's and not the work's, as of a full disk. They are held against the work once no machine is left that has
/// not failed at it: a file that nobody has looks the same from every one of them.
/// </summary>
public sealed partial class CoordinatorState
{
    private bool IsLeftToOthers(SweepRun sweep, Lease lease, string reason)
    {
        if (Fleet.Find(lease.Device) is { } device)
        {
            device.Fault = reason;
        }

        Warn(sweep, $"{lease.Device}: {reason}");
        var failed = AtFault(lease.Work);
        failed.Add(lease.Device.Worker);
        return Fleet.HasAnotherThan(failed);
    }

    private void Succeeded(Lease lease)
    {
        AtFault(lease.Work).Remove(lease.Device.Worker);
        if (Fleet.Find(lease.Device) is { } device)
        {
            device.Fault = null;
        }
    }

    private HashSet<string> AtFault(WorkUnit work) =>
        work switch
        {
            TrainingWork training => Find(work.Sweep)?.FindTraining(training.Key)?.AtFault,
            ShardWork shard => Find(work.Sweep)?.Find(shard.Shard.Cell)?.AtFault,
            _ => null,
        } ?? [];
}
