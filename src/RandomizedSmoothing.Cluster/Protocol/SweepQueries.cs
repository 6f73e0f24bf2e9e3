using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>What a user asks the coordinator.</summary>
public static class SweepQueries
{
    /// <summary>How far is a sweep? Answered with a <see cref="ProgressPage"/> of cells from an index on.</summary>
    public sealed record GetProgress(SweepId Sweep, int FromCell) : IWireMessage;

    /// <summary>Progress with some of the cells and trainings.</summary>
    /// <param name="Progress">Progress; null when the coordinator does not hold the sweep.</param>
    /// <param name="TotalCells">The number of cells on all pages.</param>
    public sealed record ProgressPage(SweepProgress? Progress, int TotalCells) : IWireMessage;

    /// <summary>Which workers are there, from the so-many-th by name on? Answered with a page of <see cref="Workers"/>.</summary>
    public sealed record ListWorkers(int From) : IWireMessage;

    /// <summary>Some of the worker nodes.</summary>
    /// <param name="All">The workers of this page.</param>
    /// <param name="Total">The number of workers on all pages.</param>
    public sealed record Workers(IReadOnlyList<WorkerView> All, int Total) : IWireMessage;

    /// <summary>Is anything wrong with the whole cluster? Answered with <see cref="Trouble"/>.</summary>
    public sealed record GetTrouble : IWireMessage;

    /// <summary>Why no sweep can go on at present; null while they can.</summary>
    public sealed record Trouble(string? Text) : IWireMessage;
}

/// <summary>A worker node as people see it.</summary>
/// <param name="Name"><c>host:port</c>.</param>
/// <param name="Draining">It gets no more work.</param>
/// <param name="Devices">Its devices.</param>
public sealed record WorkerView(string Name, bool Draining, IReadOnlyList<DeviceView> Devices);

/// <summary>A device as people see it.</summary>
/// <param name="Description">Name, kind, what it is.</param>
/// <param name="Work">What it is doing; null when it is idle.</param>
/// <param name="Suspicion">Why its votes are doubted, it is taken for hung, or its machine could not do its last work; else null.</param>
/// <param name="DrawsPerSecond">Over the last seconds; 0 when it is idle.</param>
/// <param name="Memory">When it last worked; null where it is not known.</param>
public sealed record DeviceView(
    DeviceDescription Description,
    string? Work,
    string? Suspicion,
    double DrawsPerSecond = 0,
    DeviceMemory? Memory = null
);
