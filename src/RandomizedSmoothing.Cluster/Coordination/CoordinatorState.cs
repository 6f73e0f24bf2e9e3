using System.Globalization;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Times and limits of the coordinator.</summary>
/// <param name="LeaseDuration">How long a device may be silent before its work goes to another.</param>
/// <param name="AnswerTimeout">After how long an aggregator that has not answered is asked again.</param>
/// <param name="StallAfter">How long a device may show no progress before its work goes to another.</param>
/// <param name="ShardSeconds">How long a device should take for a shard while there is plenty of work.</param>
public sealed record CoordinatorSettings(
    TimeSpan LeaseDuration,
    TimeSpan AnswerTimeout,
    TimeSpan StallAfter,
    double ShardSeconds = 10
)
{
    /// <summary>For how long a coordinator that finds another one's writes keeps still: until a frozen node is put out.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the ledger is asked for sweeps of which nobody has told the coordinator.</summary>
    public TimeSpan CompareEvery { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// All decisions of the coordinator, without actors, clocks or storage: every method takes what happened and the monotonic
/// time, changes the state, and leaves what is to be done in <see cref="TakeEffects"/>.
/// Pending work is kept as ranges, so memory grows with the number of cells and gaps, not of images.
/// </summary>
public sealed partial class CoordinatorState(string incarnation, CoordinatorSettings settings)
{
    private readonly Dictionary<SweepId, SweepRun> _sweeps = [];
    private readonly List<CoordinatorEffect> _effects = [];
    private long _leaseNumber;
    private long _sweepNumber;

    /// <summary>The workers.</summary>
    public Fleet Fleet { get; } = new();

    /// <summary>The leases.</summary>
    public ShardLeases Leases { get; } = new();

    /// <summary>The sweeps in memory: all that are not final, and final ones that devices still hold work of.</summary>
    public IReadOnlyCollection<SweepRun> Sweeps => _sweeps.Values;

    /// <summary>Whether work is handed out; closed until workers have said what they hold already.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The sweep, or null when it is not in memory.</summary>
    public SweepRun? Find(SweepId sweep) => _sweeps.GetValueOrDefault(sweep);

    /// <summary>What is to be done since the last call, in order.</summary>
    public IReadOnlyList<CoordinatorEffect> TakeEffects()
    {
        var effects = _effects.ToArray();
        _effects.Clear();
        return effects;
    }

    /// <summary>Begins to hand out work.</summary>
    public void Open(TimeSpan now)
    {
        IsOpen = true;
        Schedule(now);
    }

    /// <summary>
    /// Takes a sweep in as the ledger has it; asks for what is left of each cell. A repeat is a no-op, and so is what throws.
    /// </summary>
    /// <exception cref="Core.UserErrorException">The definition cannot be run.</exception>
    public void Load(
        SweepDefinition definition,
        SweepRecord record,
        IReadOnlyList<ShardTrouble> troubles,
        IReadOnlyDictionary<ContentHash, ContentHash> trainedFiles,
        TimeSpan now
    )
    {
        if (_sweeps.ContainsKey(definition.Id))
        {
            return;
        }

        SweepDefinitionRules.Require(definition);
        var sweep = new SweepRun(definition, record.State, record.Priority, _sweepNumber++) { Reason = record.Reason };
        foreach (var training in sweep.Trainings)
        {
            training.File = trainedFiles.TryGetValue(training.Task.Key, out var file) ? file : null;
        }

        foreach (var trouble in troubles)
        {
            if (sweep.Find(trouble.Cell) is { } cell)
            {
                LoadTrouble(sweep, cell, trouble);
            }
        }

        _sweeps.Add(sweep.Id, sweep);
        if (sweep.State == SweepState.Running)
        {
            Note(
                sweep,
                "taken-over",
                "a new coordinator goes on from the ledger; what no worker says it holds is queued again"
            );
        }

        foreach (var cell in sweep.Cells)
        {
            AskWhatIsLeft(sweep, cell);
        }

        AskNext(now);
        RevokePrefetched(below: sweep.Priority);
    }

    /// <summary>Forgets a final sweep that is recorded, once no device holds work of it.</summary>
    public void Forget(SweepId id)
    {
        if (Find(id) is { IsFinal: true } sweep && !Leases.OfSweep(id).Any())
        {
            _sweeps.Remove(id);
            ForgetQuestions(sweep);
        }
    }

    /// <summary>Holds a sweep: its leases are called back, nothing more is granted.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Pause(SweepId id)
    {
        if (Find(id) is not { IsFinal: false } sweep)
        {
            return NotRunning(id);
        }

        if (sweep.State != SweepState.Paused)
        {
            SetState(sweep, SweepState.Paused, null, "paused");
            RevokeAll(sweep, "paused");
        }

        return null;
    }

    /// <summary>Lets a paused sweep go on.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Resume(SweepId id, TimeSpan now)
    {
        if (Find(id) is not { IsFinal: false } sweep)
        {
            return NotRunning(id);
        }

        if (sweep.State == SweepState.Paused)
        {
            SetState(sweep, SweepState.Running, null, "resumed");
            Finish(sweep, now);
            Schedule(now);
        }

        return null;
    }

    /// <summary>Ends a sweep; its votes stay recorded.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Cancel(SweepId id)
    {
        if (Find(id) is not { } sweep)
        {
            return NotRunning(id);
        }

        if (!sweep.IsFinal)
        {
            SetState(sweep, SweepState.Cancelled, "cancelled by a user", "cancelled");
            RevokeAll(sweep, "cancelled");
        }

        return null;
    }

    /// <summary>Changes the priority; running shards are finished first.</summary>
    /// <returns>Null, or why not.</returns>
    public string? SetPriority(SweepId id, int priority, TimeSpan now)
    {
        if (Find(id) is not { IsFinal: false } sweep)
        {
            return NotRunning(id);
        }

        if (sweep.Priority != priority)
        {
            sweep.Priority = priority;
            _effects.Add(new SaveSweep(id));
            Note(sweep, "priority", string.Create(CultureInfo.InvariantCulture, $"priority {priority}"));
            RevokePrefetched(below: _sweeps.Values.Max(s => s.Priority));
            Schedule(now);
        }

        return null;
    }

    /// <summary>Gives whatever was given up another set of attempts; an ended sweep that is not complete goes on.</summary>
    public void Retry(SweepId id, TimeSpan now)
    {
        if (Find(id) is not { } sweep || sweep.State == SweepState.Completed)
        {
            return;
        }

        foreach (var training in sweep.Trainings.Where(t => t.Failure is not null))
        {
            training.Failure = null;
            training.Attempts = 0;
            training.Losses = 0;
            training.AtFault.Clear();
        }

        foreach (var cell in sweep.Cells.Where(c => sweep.IsFinal || c.QuarantinedImages > 0 || c.Failure is not null))
        {
            cell.Failure = null;
            cell.AtFault.Clear();
            cell.Quarantined.Clear();
            cell.ClearRetries();
            cell.Pending.Clear();
            cell.IsOpen = false;
            _effects.Add(new SaveTroubles(id, cell.Definition.Id, cell.All, []));
            AskWhatIsLeft(sweep, cell);
        }

        AskNext(now);
        sweep.Warnings.Clear();
        if (sweep.IsFinal)
        {
            SetState(sweep, SweepState.Running, null, "retried");
        }
        else
        {
            Note(sweep, "retried", "everything that had been given up is tried again");
        }
    }

    /// <summary>Expires leases, asks again where no answer came, and hands out what is free.</summary>
    public void Tick(TimeSpan now)
    {
        foreach (var lease in Leases.Expire(now))
        {
            _effects.Add(new RevokeLease(lease.Device, lease.Id, "lease expired"));
            if (Find(lease.Work.Sweep) is { } sweep)
            {
                Note(sweep, "lease-expired", $"{lease.Work} was not heard of again from {lease.Device}");
            }

            Lose(lease, $"{lease.Device} was silent for longer than its lease", now);
        }

        AskAgain(now);
        GoOnOnceRecorded(now);

        Schedule(now);
        HandOnOverdue(now);
    }

    private void LoadTrouble(SweepRun sweep, CellRun cell, ShardTrouble trouble)
    {
        var range = new OrdinalRange(trouble.First, trouble.Count);
        switch (trouble.Kind)
        {
            case TroubleKind.Failed:
                cell.Failure = trouble.Reason;
                Warn(sweep, $"{cell.Definition.Id}: {trouble.Reason}");
                break;
            case TroubleKind.Quarantined:
                cell.Quarantined.Add(trouble);
                Warn(sweep, Quarantine(cell, trouble));
                break;
            default:
                cell.AddRetry(new RetryRange(range, trouble.Attempts, 0, trouble.Reason));
                break;
        }
    }
}
