using System.Collections.Concurrent;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Node.Dashboard.Reading;

/// <summary>What pages show of sweeps and workers, read once for all who look at the same time.</summary>
internal sealed class SweepReader(ISweepClient client, ISweepLedger ledger, TimeProvider time)
{
    private const int KeptDefinitions = 200;
    private const int EventsShown = 200;
    private const int LinesPerRead = 500;

    private readonly ConcurrentDictionary<SweepId, SweepDefinition> _definitions = new();
    private readonly SharedAnswers<int, IReadOnlyList<SweepRecord>> _list = new(
        _ => client.ListAsync(CancellationToken.None),
        TimeSpan.FromSeconds(1),
        time
    );
    private readonly SharedAnswers<SweepId, SweepProgress?> _progress = new(
        sweep => client.GetProgressAsync(sweep, CancellationToken.None),
        TimeSpan.FromMilliseconds(500),
        time
    );
    private readonly SharedAnswers<int, IReadOnlyList<WorkerView>> _workers = new(
        _ => client.GetWorkersAsync(CancellationToken.None),
        TimeSpan.FromSeconds(1),
        time
    );
    private readonly SharedAnswers<SweepId, IReadOnlyList<LedgerEvent>> _events = new(
        sweep => ReadEventsAsync(ledger, sweep),
        TimeSpan.FromSeconds(1),
        time
    );

    /// <summary>All sweeps, the first submitted first; up to a second old.</summary>
    public Task<IReadOnlyList<SweepRecord>> ListAsync(CancellationToken cancellation) =>
        _list.GetAsync(0, cancellation);

    /// <summary>How far a sweep is, up to half a second old; null when there is none of this id.</summary>
    public Task<SweepProgress?> ProgressAsync(SweepId sweep, CancellationToken cancellation) =>
        _progress.GetAsync(sweep, cancellation);

    /// <summary>The workers, up to a second old.</summary>
    public Task<IReadOnlyList<WorkerView>> WorkersAsync(CancellationToken cancellation) =>
        _workers.GetAsync(0, cancellation);

    /// <summary>The last lines of a sweep's history, the last first.</summary>
    public Task<IReadOnlyList<LedgerEvent>> EventsAsync(SweepId sweep, CancellationToken cancellation) =>
        _events.GetAsync(sweep, cancellation);

    /// <summary>A sweep's definition, which never changes; null when there is none of this id.</summary>
    public async Task<SweepDefinition?> DefinitionAsync(SweepId sweep, CancellationToken cancellation)
    {
        if (_definitions.TryGetValue(sweep, out var known))
        {
            return known;
        }

        if (_definitions.Count >= KeptDefinitions)
        {
            _definitions.Clear();
        }

        var definition = await client.FindDefinitionAsync(sweep, cancellation);
        return definition is null ? null : _definitions.GetOrAdd(sweep, definition);
    }

    private static async Task<IReadOnlyList<LedgerEvent>> ReadEventsAsync(ISweepLedger ledger, SweepId sweep)
    {
        var last = new Queue<LedgerEvent>();
        long after = 0;
        while (true)
        {
            var page = await ledger.ReadEventsAsync(sweep, after, LinesPerRead, CancellationToken.None);
            foreach (var line in page)
            {
                last.Enqueue(line);
                if (last.Count > EventsShown)
                {
                    last.Dequeue();
                }
            }

            if (page.Count < LinesPerRead)
            {
                return [.. last.Reverse()];
            }

            after = page[^1].Number;
        }
    }
}
