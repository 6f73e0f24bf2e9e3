using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>How far sweeps are.</summary>
public sealed partial class CoordinatorState
{
    /// <summary>
    /// A sweep as people see it, with its first cells and trainings or some of those behind. Only what is asked for is made, because
    /// a wide grid is asked for page by page, many times a second.
    /// </summary>
    /// <param name="id">The sweep.</param>
    /// <param name="now">Monotonic time.</param>
    /// <param name="from">The first cell, and training, to list; figures of the whole sweep are those of all cells.</param>
    /// <param name="most">The most cells, and trainings, to list.</param>
    public SweepProgress? Progress(SweepId id, TimeSpan now, int from = 0, int most = int.MaxValue)
    {
        if (Find(id) is not { } sweep)
        {
            return null;
        }

        var held = LedgerTrouble is not null && sweep.Told is (SweepState.Pending or SweepState.Running);
        var rate = sweep.IsFinal ? 0 : sweep.Meter.Rate(now);
        var training = sweep.Trainings.Any(t => t.File is null && t.Failure is null);
        return new SweepProgress
        {
            Sweep = id,
            Name = sweep.Definition.Name,
            State = held ? SweepState.Paused : sweep.Told,
            Reason =
                held ? HeldBy(LedgerTrouble)
                : sweep.Told == sweep.State ? sweep.Reason
                : null,
            Cells =
            [
                .. sweep
                    .Cells.Skip(from)
                    .Take(most)
                    .Select(c => new CellProgress(
                        c.Definition.Id,
                        c.ImagesDone,
                        c.Images,
                        c.Draws,
                        c.QuarantinedImages
                    )),
            ],
            Trainings = [.. sweep.Trainings.Skip(from).Take(most).Select(Status)],
            DrawsPerSecond = rate,
            Draws = sweep.Done.Draws,
            DrawsPlanned = sweep.DrawsPlanned,
            Devices = Leases.DevicesOf(id),
            Remaining =
                sweep.IsFinal || rate <= 0 || training
                    ? null
                    : TimeSpan.FromSeconds(Math.Min(1e9, sweep.DrawsLeft(now) / rate)),
            Warnings = [.. sweep.Warnings],
        };
    }

    private TrainingStatus Status(TrainingRun training) =>
        new(
            training.Task.Key,
            training.Model.Name,
            training.Task.Sigma,
            training.File is null ? training.Fraction : 1,
            training.File is not null,
            training.Lease is { } lease && Leases.Find(lease) is { } held ? held.Device.ToString() : null
        );
}
