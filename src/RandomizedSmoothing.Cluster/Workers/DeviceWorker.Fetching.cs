using Akka.Actor;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cluster.Workers;

/// <summary>What work needs before it can begin: the sweep's definition, and what is counted already.</summary>
internal sealed partial class DeviceWorker
{
    private void FetchOrRun(DeviceJob job)
    {
        if (job.IsComplete)
        {
            job.Phase = JobPhase.Ready;
            RunNext();
            return;
        }

        job.AskedAt = _time.GetTimestamp();
        _cells.Tell(
            job.Definition is null
                ? new CellProtocol.FetchDefinition(job.Work.Sweep, job.Cell, job.DefinitionBytes.Count)
                : new CellProtocol.FetchCounted(job.Work.Sweep, job.Cell, ((ShardWork)job.Work).Range, job.CountedFrom)
        );
    }

    private void OnDefinitionPart(CellProtocol.DefinitionPart part)
    {
        foreach (var job in _jobs.Where(j => j.Definition is null && j.Work.Sweep == part.Sweep).ToList())
        {
            if (job.DefinitionBytes.Count != part.Offset)
            {
                continue;
            }

            job.DefinitionBytes.AddRange(part.Bytes.AsSpan());
            if (job.DefinitionBytes.Count < part.Total || Understands(job))
            {
                FetchOrRun(job);
            }
        }
    }

    // One that a newer control node has written, as while a cluster is updated, is for workers of its version.
    private bool Understands(DeviceJob job)
    {
        try
        {
            job.Definition = LedgerJson.ReadDefinition(job.DefinitionBytes.ToArray());
            _definitions.Put(job.Definition);
            return true;
        }
        catch (UserErrorException error)
        {
            job.Report = new WorkerProtocol.ShardFailed(
                _stamp.Node,
                _device.Name,
                job.Lease,
                WireText.Clip(error.Message),
                Permanent: false,
                OfMachine: true
            );
            job.Phase = JobPhase.Reporting;
            Rest(job, error);
            SendReport(job);
            return false;
        }
        finally
        {
            job.DefinitionBytes.Clear();
        }
    }

    private void OnCountedPart(CellProtocol.CountedPart part)
    {
        var job = _jobs.Find(j =>
            j.Phase == JobPhase.Fetching
            && j.Definition is not null
            && j.Work is ShardWork work
            && work.Sweep == part.Sweep
            && work.Shard.Cell == part.Cell
            && work.Range == part.Range
            && j.CountedFrom == part.From
        );
        if (job is not null)
        {
            job.Counted.AddRange(part.Snapshots);
            job.CountedFrom = part.Next;
            FetchOrRun(job);
        }
    }
}
