using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Api;

/// <summary>
/// Lists of sweeps as they stand now: the ledger holds the progress of a running sweep as it was when its state last changed,
/// the coordinator knows it.
/// </summary>
internal static class LiveProgress
{
    /// <summary>More running sweeps than this are rarely looked at together; older ones keep what is stored.</summary>
    private const int Most = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The records with the progress of those that run; what the coordinator does not tell in time stays as stored.</summary>
    public static async Task<IReadOnlyList<SweepRecord>> OverAsync(
        IReadOnlyList<SweepRecord> records,
        Func<SweepId, CancellationToken, Task<SweepProgress?>> ask,
        CancellationToken cancellation
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var running = records.Where(r => r.State == SweepState.Running).TakeLast(Most).Select(r => r.Id);
        var known = await Task.WhenAll(running.Select(sweep => TryAsync(sweep, ask, limit.Token)));
        cancellation.ThrowIfCancellationRequested();
        var live = known.OfType<SweepProgress>().ToDictionary(progress => progress.Sweep);
        return [.. records.Select(r => live.TryGetValue(r.Id, out var now) ? r with { Progress = now } : r)];
    }

    private static async Task<SweepProgress?> TryAsync(
        SweepId sweep,
        Func<SweepId, CancellationToken, Task<SweepProgress?>> ask,
        CancellationToken cancellation
    )
    {
        try
        {
            return await ask(sweep, cancellation).WaitAsync(cancellation);
        }
        catch (Exception e) when (e is OperationCanceledException or UserErrorException)
        {
            return null;
        }
    }
}
