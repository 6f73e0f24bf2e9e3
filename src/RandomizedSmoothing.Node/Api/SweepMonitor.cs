using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Api;

/// <summary>
/// Progress and history of sweeps for many readers: those who ask within a quarter of a second share one question to the
/// coordinator, one to the ledger, and one rendering.
/// </summary>
internal sealed class SweepMonitor(ISweepClient client, ISweepLedger ledger, TimeProvider time)
{
    private const int Page = 500;
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(250);
    private readonly SharedReads<SweepId, SweepProgress?> _progress = new(Freshness, time);
    private readonly SharedReads<int, IReadOnlyList<SweepRecord>> _lists = new(Freshness, time);
    private readonly SharedReads<SweepId, SweepRecord?> _records = new(Freshness, time);
    private readonly SharedReads<SweepId, IReadOnlyList<ShardTrouble>> _troubles = new(Freshness, time);
    private readonly SharedReads<(SweepId, long), IReadOnlyList<EventView>> _history = new(Freshness, time);
    private readonly SharedReads<object, byte[]?> _rendered = new(Freshness, time);

    /// <summary>Progress at most a quarter of a second old; null when there is no such sweep or no coordinator answers.</summary>
    public Task<SweepProgress?> ProgressAsync(SweepId sweep, CancellationToken cancellation) =>
        _progress.GetAsync(sweep, () => ReadProgressAsync(sweep), cancellation);

    /// <summary>All sweeps, at most a quarter of a second old, or as new as the last change through this node.</summary>
    public Task<IReadOnlyList<SweepRecord>> ListAsync(CancellationToken cancellation) =>
        _lists.GetAsync(0, ReadListAsync, cancellation);

    /// <summary>A sweep's record; null when there is none.</summary>
    public Task<SweepRecord?> FindAsync(SweepId sweep, CancellationToken cancellation) =>
        _records.GetAsync(sweep, () => ledger.FindSweepAsync(sweep, CancellationToken.None), cancellation);

    /// <summary>What is wrong with a sweep.</summary>
    public Task<IReadOnlyList<ShardTrouble>> TroublesAsync(SweepId sweep, CancellationToken cancellation) =>
        _troubles.GetAsync(sweep, () => ledger.ReadTroublesAsync(sweep, CancellationToken.None), cancellation);

    /// <summary>An answer in JSON, rendered once for all who ask; null when there is none.</summary>
    /// <param name="question">What is asked, equal for equal questions.</param>
    /// <param name="answer">Finds the answer.</param>
    /// <param name="cancellation">The asker went away.</param>
    public Task<byte[]?> RenderAsync<T>(object question, Func<Task<T?>> answer, CancellationToken cancellation)
        where T : class =>
        _rendered.GetAsync(
            question,
            async () => await answer() is { } found ? RenderedJson<T>.Render(found) : null,
            cancellation
        );

    /// <summary>Something was changed through this node: whoever asks next sees it.</summary>
    public void Changed()
    {
        _lists.Clear();
        _records.Clear();
        _troubles.Clear();
        _progress.Clear();
        _rendered.Clear();
    }

    /// <summary>The sweep's history after an event, oldest first, at most some hundred lines.</summary>
    public Task<IReadOnlyList<EventView>> HistoryAsync(SweepId sweep, long after, CancellationToken cancellation) =>
        _history.GetAsync((sweep, after), () => ReadHistoryAsync(sweep, after), cancellation);

    private async Task<IReadOnlyList<SweepRecord>> ReadListAsync() =>
        await LiveProgress.OverAsync(
            await client.ListAsync(CancellationToken.None),
            ProgressAsync,
            CancellationToken.None
        );

    private async Task<SweepProgress?> ReadProgressAsync(SweepId sweep)
    {
        try
        {
            return await client.GetProgressAsync(sweep, CancellationToken.None);
        }
        catch (UserErrorException e) when (e.ExitCode == ApiClient.UnreachableExitCode)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<EventView>> ReadHistoryAsync(SweepId sweep, long after)
    {
        var events = await ledger.ReadEventsAsync(sweep, after, Page, CancellationToken.None);
        return [.. events.Select(e => new EventView(e.Number, e.At, e.Kind, e.Text))];
    }
}
