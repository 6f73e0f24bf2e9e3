using System.Collections.Concurrent;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Node.Dashboard.Reading;

/// <summary>
/// The certificates of sweeps as their votes grow: a cell is read and certified again only when it has new draws, and at most
/// every two seconds, however many look at it.
/// </summary>
internal sealed class LiveReports
{
    private const int KeptSweeps = 12;

    private readonly ISweepLedger _ledger;
    private readonly SweepReader _sweeps;
    private readonly ConcurrentDictionary<(SweepId, CellId), Kept> _cells = new();
    private readonly SharedAnswers<SweepId, IReadOnlyList<CellReport>> _reports;
    private readonly ConcurrentDictionary<SweepId, IReadOnlyList<CellReport>> _last = new();
    private readonly Lock _lock = new();
    private readonly List<SweepId> _recent = [];

    public LiveReports(ISweepLedger ledger, SweepReader sweeps, TimeProvider time)
    {
        (_ledger, _sweeps) = (ledger, sweeps);
        _reports = new SharedAnswers<SweepId, IReadOnlyList<CellReport>>(ReadAsync, TimeSpan.FromSeconds(2), time);
    }

    /// <summary>
    /// The reports of all cells in grid order; none when there is no such sweep. The list is the same object until a cell has new
    /// draws.
    /// </summary>
    public Task<IReadOnlyList<CellReport>> OfSweepAsync(SweepId sweep, CancellationToken cancellation) =>
        _reports.GetAsync(sweep, cancellation);

    private async Task<IReadOnlyList<CellReport>> ReadAsync(SweepId sweep)
    {
        var definition = await _sweeps.DefinitionAsync(sweep, CancellationToken.None);
        if (definition is null)
        {
            return [];
        }

        Forget(sweep);
        var progress = await _sweeps.ProgressAsync(sweep, CancellationToken.None);
        var draws = progress?.Cells.ToDictionary(cell => cell.Cell, cell => (cell.Draws, cell.ImagesDone)) ?? [];
        var reports = new List<CellReport>(definition.Cells.Count);
        foreach (var cell in definition.Cells)
        {
            var seen = draws.GetValueOrDefault(cell.Id);
            if (!_cells.TryGetValue((sweep, cell.Id), out var kept) || kept.Seen != seen)
            {
                var votes = await LedgerVotes.ReadCellAsync(_ledger, definition, cell, CancellationToken.None);
                kept = new Kept(seen, await Task.Run(() => CellReport.Of(definition, votes)));
                _cells[(sweep, cell.Id)] = kept;
            }

            reports.Add(kept.Report);
        }

        // One and the same list as long as nothing in it is new, so that whoever draws it can tell.
        return _last.AddOrUpdate(sweep, reports, (_, last) => last.SequenceEqual(reports) ? last : reports);
    }

    private void Forget(SweepId looked)
    {
        lock (_lock)
        {
            _recent.Remove(looked);
            _recent.Add(looked);
            if (_recent.Count <= KeptSweeps)
            {
                return;
            }

            var old = _recent[0];
            _recent.RemoveAt(0);
            _last.TryRemove(old, out _);
            foreach (var key in _cells.Keys.Where(key => key.Item1 == old))
            {
                _cells.TryRemove(key, out _);
            }
        }
    }

    private sealed record Kept((long Draws, int ImagesDone) Seen, CellReport Report);
}
