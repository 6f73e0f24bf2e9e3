using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>What the coordinator leaves to be done: states to save, leases to revoke, lines of history.</summary>
public sealed partial class CoordinatorState
{
    // Progress reports carry them all.
    private const int MostWarnings = 50;

    private void SetState(SweepRun sweep, SweepState state, string? reason, string note)
    {
        sweep.State = state;
        sweep.Reason = reason;
        Note(sweep, note, reason ?? note);
        _effects.Add(new SaveSweep(sweep.Id));
    }

    private void RevokeAll(SweepRun sweep, string reason)
    {
        foreach (var lease in Leases.OfSweep(sweep.Id).ToList())
        {
            Revoke(lease, reason);
        }
    }

    // Work that is only held ready gives way to work of higher priority.
    private void RevokePrefetched(int below)
    {
        foreach (
            var lease in Leases
                .All.Where(l => l.Prefetched && !l.Revoked && Find(l.Work.Sweep) is { } s && s.Priority < below)
                .ToList()
        )
        {
            Revoke(lease, "other work goes first");
        }
    }

    private void Revoke(Lease lease, string reason)
    {
        Leases.Put(lease with { Revoked = true });
        _effects.Add(new RevokeLease(lease.Device, lease.Id, reason));
    }

    private void Note(SweepRun sweep, string kind, string text) => _effects.Add(new NoteEvent(sweep.Id, kind, text));

    private static void Warn(SweepRun sweep, string text)
    {
        if (sweep.Warnings.Count < MostWarnings && !sweep.Warnings.Contains(text))
        {
            sweep.Warnings.Add(
                sweep.Warnings.Count < MostWarnings - 1 ? WireText.Clip(text) : "Further warnings are left out here."
            );
        }
    }

    private string NotRunning(SweepId id) =>
        Find(id) is { } sweep ? $"Sweep {id} has ended ({sweep.State})." : $"Sweep {id} is not running.";
}
