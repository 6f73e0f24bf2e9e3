namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Questions to aggregators: what is left of a cell when it is taken in, and of a range when its lease has ended.</summary>
public sealed partial class CoordinatorState
{
    /// <summary>
    /// So many cells are opened at a time. A question starts the cell's aggregator, which reads the ledger: a grid of any size asked
    /// at once would come back late, be asked again meanwhile, and never end.
    /// </summary>
    public const int MostOpenings = 256;

    // By the order in which sweeps are served, then in grid order.
    private readonly PriorityQueue<(SweepRun Sweep, CellRun Cell), (int, long, long)> _toOpen = new();
    private readonly Dictionary<CellRun, SweepRun> _opening = [];
    private long _questionNumber;

    private void AskWhatIsLeft(SweepRun sweep, CellRun cell) =>
        _toOpen.Enqueue((sweep, cell), (-sweep.Priority, sweep.Order, _questionNumber++));

    private void AskNext(TimeSpan now)
    {
        while (_opening.Count < MostOpenings && _toOpen.TryDequeue(out var next, out _))
        {
            // What was asked for twice is open, or about to be.
            if (!next.Cell.IsOpen && Find(next.Sweep.Id) == next.Sweep && _opening.TryAdd(next.Cell, next.Sweep))
            {
                AskToOpen(next.Sweep, next.Cell, now);
            }
        }
    }

    private void AskToOpen(SweepRun sweep, CellRun cell, TimeSpan now)
    {
        cell.OpeningAskedAt = now;
        _effects.Add(new SettleRange(sweep.Id, cell.Definition.Id, cell.All));
    }

    private void AskAgain(TimeSpan now)
    {
        AskNext(now);
        foreach (var (cell, sweep) in _opening)
        {
            if (now - cell.OpeningAskedAt >= settings.AnswerTimeout)
            {
                AskToOpen(sweep, cell, now);
            }
        }

        foreach (var sweep in _sweeps.Values)
        {
            foreach (var cell in sweep.Cells)
            {
                AskAgain(sweep, cell, now);
            }
        }
    }

    private void AskAgain(SweepRun sweep, CellRun cell, TimeSpan now)
    {
        for (var i = 0; i < cell.Settlements.Count; i++)
        {
            if (now - cell.Settlements[i].AskedAt >= settings.AnswerTimeout)
            {
                cell.Settlements[i] = cell.Settlements[i] with { AskedAt = now };
                _effects.Add(new SettleRange(sweep.Id, cell.Definition.Id, cell.Settlements[i].Range));
            }
        }
    }

    private void ForgetQuestions(SweepRun sweep)
    {
        foreach (var cell in sweep.Cells)
        {
            _opening.Remove(cell);
        }
    }
}
