using Akka.Actor;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>The coordinator's term and its writes to the ledger.</summary>
public sealed partial class SweepCoordinator
{
    private long _term;

    private void LoadAll() =>
        LoadAllAsync().PipeTo(Self, success: loaded => loaded, failure: error => new LoadFailed(error));

    // The term comes first: what an earlier coordinator still writes is refused from then on, so that nothing read here changes.
    private async Task<Loaded> LoadAllAsync()
    {
        var term = await _ledger.BeginTermAsync(CancellationToken.None);
        return new Loaded(term, await StoredSweep.LoadUnfinishedAsync(_ledger, new HashSet<SweepId>()));
    }

    // A sweep is stored before the coordinator is told of it, and who stores it may die in between.
    private void OnCompare()
    {
        _forgotten.Clear();
        var known = _state.Sweeps.Select(sweep => sweep.Id).Concat(_refused).ToHashSet();
        StoredSweep
            .LoadUnfinishedAsync(_ledger, known)
            .PipeTo(
                Self,
                success: missed => new Compared(missed),
                failure: _ => new Compared(new UnfinishedSweeps([], []))
            );
    }

    private void OnCompared(Compared compared)
    {
        // What has ended meanwhile was read before that.
        var missed = compared.Missed.Sweeps.Where(sweep => !_forgotten.Contains(sweep.Record.Id)).ToList();
        TakeAll(compared.Missed with { Sweeps = missed });
        Timers.StartSingleTimer("compare", new Compare(), _settings.CompareEvery);
    }

    /// <summary>Takes a sweep in; one that cannot be run ends as failed and keeps no other from running.</summary>
    /// <returns>Null, or why not.</returns>
    private string? Take(StoredSweep sweep)
    {
        if (_state.Find(sweep.Record.Id) is not null)
        {
            return null;
        }

        try
        {
            _state.Load(sweep.Definition, sweep.Record, sweep.Troubles, sweep.TrainedFiles, Now);
            _definitions.Put(sweep.Definition);
            return null;
        }
        catch (Exception error)
        {
            return Refuse(sweep.Record, error);
        }
    }

    private void TakeAll(UnfinishedSweeps unfinished)
    {
        foreach (var sweep in unfinished.Sweeps)
        {
            Take(sweep);
        }

        foreach (var unreadable in unfinished.Unreadable)
        {
            Refuse(unreadable.Sweep, unreadable.InnerException!);
        }

        Perform();
    }

    private string Refuse(SweepRecord sweep, Exception error)
    {
        var reason = WireText.Clip(
            error is UserErrorException ? error.Message : $"{error.GetType().Name}: {error.Message}"
        );
        if (_refused.Add(sweep.Id))
        {
            _logger.LogError(error, "The sweep {Sweep} cannot be run", sweep.Id);
            Write(() =>
                _ledger.SaveStateAsync(
                    sweep.Id,
                    SweepState.Failed,
                    reason,
                    sweep.Priority,
                    null,
                    _term,
                    CancellationToken.None
                )
            );
            Write(
                () => _ledger.AppendEventAsync(sweep.Id, "failed", reason, _term, CancellationToken.None),
                () => _refused.Remove(sweep.Id)
            );
        }

        return reason;
    }

    private void Save(SweepId id)
    {
        if (_state.Find(id) is { } sweep)
        {
            // What people see while the ledger is full is not what the sweep is.
            var progress = _state.Progress(id, Now)! with
            {
                State = sweep.State,
                Reason = sweep.Reason,
            };
            Write(
                () =>
                    _ledger.SaveStateAsync(
                        id,
                        progress.State,
                        progress.Reason,
                        sweep.Priority,
                        progress,
                        _term,
                        CancellationToken.None
                    ),
                () =>
                {
                    sweep.Recorded = progress.State;
                    TellListeners();
                }
            );
        }
    }

    private void Write(Func<Task<bool>> write, Action? then = null) =>
        _outbox.Add(() => SupersededException.UnlessAsync(write()), then);

    // Whoever writes now may be the cluster's coordinator, and this one of a node that does not know yet that it is out. If it is
    // still there after a while, it begins again with what the ledger has.
    private void Rest()
    {
        _logger.LogWarning(
            "Another coordinator writes to the ledger: this one stops for {Seconds} s",
            _settings.Rest.TotalSeconds
        );
        Timers.CancelAll();
        Timers.StartSingleTimer("begin-again", new BeginAgain(), _settings.Rest);
        Become(() =>
        {
            Receive<BeginAgain>(_ => throw new SupersededException());
            ReceiveAny(_ => { });
        });
    }

    private sealed record Compare : INoSerializationVerificationNeeded;

    private sealed record Compared(UnfinishedSweeps Missed) : INoSerializationVerificationNeeded;

    private sealed record BeginAgain : INoSerializationVerificationNeeded;
}
