namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>Life of a sweep.</summary>
public enum SweepState
{
    /// <summary>Accepted, nothing drawn yet.</summary>
    Pending,

    /// <summary>Work is being handed out.</summary>
    Running,

    /// <summary>Held by a user.</summary>
    Paused,

    /// <summary>Every image of every cell is finished.</summary>
    Completed,

    /// <summary>Finished but for quarantined shards.</summary>
    CompletedWithGaps,

    /// <summary>Ended by a user.</summary>
    Cancelled,

    /// <summary>Cannot go on: the reason is recorded.</summary>
    Failed,
}

/// <summary>What follows from a state.</summary>
public static class SweepStates
{
    /// <summary>Whether nothing more will happen by itself.</summary>
    public static bool IsFinal(this SweepState state) =>
        state is SweepState.Completed or SweepState.CompletedWithGaps or SweepState.Cancelled or SweepState.Failed;
}

/// <summary>Progress of one cell.</summary>
public sealed record CellProgress(CellId Cell, int ImagesDone, int Images, long Draws, int Quarantined);

/// <summary>Progress of one training run.</summary>
public sealed record TrainingStatus(
    ContentHash Key,
    string Model,
    double Sigma,
    double Fraction,
    bool Done,
    string? Worker
);

/// <summary>Progress of one sweep at one moment.</summary>
public sealed record SweepProgress
{
    /// <summary>The sweep.</summary>
    public required SweepId Sweep { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its state.</summary>
    public required SweepState State { get; init; }

    /// <summary>Why it is in this state, where there is something to say.</summary>
    public string? Reason { get; init; }

    /// <summary>All cells, in grid order.</summary>
    public required IReadOnlyList<CellProgress> Cells { get; init; }

    /// <summary>All training runs.</summary>
    public IReadOnlyList<TrainingStatus> Trainings { get; init; } = [];

    /// <summary>Draws per second over the last few seconds, all devices.</summary>
    public double DrawsPerSecond { get; init; }

    /// <summary>Draws counted, all cells, those of earlier runs included.</summary>
    public long Draws { get; init; }

    /// <summary>Draws the plan needs at most.</summary>
    public long DrawsPlanned { get; init; }

    /// <summary>Devices at work on this sweep.</summary>
    public int Devices { get; init; }

    /// <summary>Estimated time to the end; null while unknown.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>Reasons of quarantined shards and other things a person should see.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Images done, all cells.</summary>
    public int ImagesDone => Cells.Sum(c => c.ImagesDone);

    /// <summary>Images, all cells.</summary>
    public int Images => Cells.Sum(c => c.Images);

    /// <summary>Whether nothing more will happen by itself.</summary>
    public bool IsFinal => State.IsFinal();
}
