using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster;

/// <summary>
/// What people can do with a cluster, from a control node. Every call may be repeated. A call throws
/// <see cref="UserErrorException"/> when it is refused (exit code 2) or when no coordinator answers (exit code 4).
/// </summary>
public interface ISweepClient
{
    /// <summary>Stores a sweep and begins it. The same definition again is a no-op, whatever has become of the sweep.</summary>
    /// <returns>Whether it is new.</returns>
    /// <exception cref="UserErrorException">The id belongs to another definition.</exception>
    Task<bool> SubmitAsync(SweepDefinition definition, CancellationToken cancellation);

    /// <summary>All sweeps, the first submitted first.</summary>
    Task<IReadOnlyList<SweepRecord>> ListAsync(CancellationToken cancellation);

    /// <summary>One sweep's definition, or null.</summary>
    Task<SweepDefinition?> FindDefinitionAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>How far a sweep is, or null when there is none of this id.</summary>
    Task<SweepProgress?> GetProgressAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>Progress now, after every change (at most about four times a second), and once more when the sweep is final.</summary>
    /// <exception cref="UserErrorException">There is no such sweep.</exception>
    IAsyncEnumerable<SweepProgress> WatchAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>Holds a sweep, within running shards, too.</summary>
    Task PauseAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>Lets a held sweep go on.</summary>
    Task ResumeAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>Ends a sweep; its votes stay.</summary>
    Task CancelAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>Tries again what was given up; begins a cancelled or failed sweep anew from its recorded votes.</summary>
    Task RetryAsync(SweepId sweep, CancellationToken cancellation);

    /// <summary>Puts a sweep before or behind others.</summary>
    Task SetPriorityAsync(SweepId sweep, int priority, CancellationToken cancellation);

    /// <summary>The workers and what they are doing.</summary>
    Task<IReadOnlyList<WorkerView>> GetWorkersAsync(CancellationToken cancellation);

    /// <summary>
    /// Has one device of each kind time batch shapes, an idle one where there is one; else once its present work has ended.
    /// </summary>
    /// <returns>A reading for each kind of device, and how many devices it speaks for.</returns>
    /// <exception cref="UserErrorException">There is no device, or one cannot run the model or is busy for minutes.</exception>
    Task<IReadOnlyList<(ThroughputReading Reading, int Devices)>> MeasureAsync(
        ThroughputTask task,
        CancellationToken cancellation
    );

    /// <summary>Why no sweep can go on at present, as a ledger whose disk is full; null while nothing is wrong.</summary>
    Task<string?> GetTroubleAsync(CancellationToken cancellation);

    /// <summary>Lets a worker hand back its work and grants it no more.</summary>
    Task DrainAsync(string worker, CancellationToken cancellation);

    /// <summary>Calls work back from the device that holds it, to be counted by whoever asks next; what was counted stays.</summary>
    /// <param name="work">As <see cref="DeviceView.Work"/> names it.</param>
    /// <param name="cancellation">Gives up.</param>
    Task ReleaseAsync(string work, CancellationToken cancellation);

    /// <summary>The recorded votes of a cell.</summary>
    /// <exception cref="UserErrorException">There is no such sweep or cell.</exception>
    Task<CellVotes> GetVotesAsync(SweepId sweep, CellId cell, CancellationToken cancellation);
}
