using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Progress of one cell.</summary>
public sealed record CellProgressView(string Cell, int ImagesDone, int Images, long Draws, int Quarantined);

/// <summary>Progress of one training run; the fraction lies in [0,1].</summary>
public sealed record TrainingView(string Key, string Model, double Sigma, double Fraction, bool Done, string? Worker);

/// <summary>Progress of one sweep at one moment, as the API sends it.</summary>
public sealed record ProgressView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required SweepState State { get; init; }

    public string? Reason { get; init; }

    /// <summary>Whether nothing more will happen by itself.</summary>
    public required bool Final { get; init; }

    public required int ImagesDone { get; init; }

    public required int Images { get; init; }

    public required long Draws { get; init; }

    /// <summary>Draws the plan needs at most.</summary>
    public required long DrawsPlanned { get; init; }

    public required double DrawsPerSecond { get; init; }

    /// <summary>Devices at work on the sweep.</summary>
    public required int Devices { get; init; }

    /// <summary>Estimated seconds to the end; null while unknown.</summary>
    public double? RemainingSeconds { get; init; }

    public required IReadOnlyList<CellProgressView> Cells { get; init; }

    public IReadOnlyList<TrainingView> Trainings { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The view of a sweep's progress.</summary>
    public static ProgressView From(SweepProgress progress) =>
        new()
        {
            Id = progress.Sweep.Value,
            Name = progress.Name,
            State = progress.State,
            Reason = progress.Reason,
            Final = progress.IsFinal,
            ImagesDone = progress.ImagesDone,
            Images = progress.Images,
            Draws = progress.Draws,
            DrawsPlanned = progress.DrawsPlanned,
            DrawsPerSecond = Math.Round(progress.DrawsPerSecond, 1),
            Devices = progress.Devices,
            RemainingSeconds = progress.Remaining is { } left ? Math.Round(left.TotalSeconds, 1) : null,
            Cells =
            [
                .. progress.Cells.Select(c => new CellProgressView(
                    c.Cell.Value,
                    c.ImagesDone,
                    c.Images,
                    c.Draws,
                    c.Quarantined
                )),
            ],
            Trainings =
            [
                .. progress.Trainings.Select(t => new TrainingView(
                    t.Key.Hex,
                    t.Model,
                    t.Sigma,
                    t.Fraction,
                    t.Done,
                    t.Worker
                )),
            ],
            Warnings = progress.Warnings,
        };

    /// <summary>The progress that this is the view of.</summary>
    public SweepProgress ToProgress() =>
        new()
        {
            Sweep = new SweepId(Id),
            Name = Name,
            State = State,
            Reason = Reason,
            Draws = Draws,
            DrawsPlanned = DrawsPlanned,
            DrawsPerSecond = DrawsPerSecond,
            Devices = Devices,
            Remaining = RemainingSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Cells =
            [
                .. Cells.Select(c => new CellProgress(
                    new CellId(c.Cell),
                    c.ImagesDone,
                    c.Images,
                    c.Draws,
                    c.Quarantined
                )),
            ],
            Trainings =
            [
                .. Trainings.Select(t => new TrainingStatus(
                    new ContentHash(t.Key),
                    t.Model,
                    t.Sigma,
                    t.Fraction,
                    t.Done,
                    t.Worker
                )),
            ],
            Warnings = Warnings,
        };
}
