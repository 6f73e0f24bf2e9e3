using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Aggregation;

/// <summary>
/// The votes of one grid cell, a cluster-sharding entity named <c>sweep|cell</c>: records what devices count, acknowledges
/// what is on disk, and says from recorded votes which images are finished. Started anywhere by the next message.
/// </summary>
public sealed partial class CellAggregator : ReceiveActor, IWithTimers, IWithStash
{
    private const int ImagesPerRead = 2000;
    private const int PartBytes = 128 * 1024;
    private static readonly TimeSpan ReloadDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellDelay = TimeSpan.FromMilliseconds(300);

    private readonly SweepId _sweep;
    private readonly CellId _cell;
    private readonly ISweepLedger _ledger;
    private readonly DefinitionCache _definitions;
    private readonly IActorRef _coordinator;
    private readonly ILogger<CellAggregator> _logger;

    // Who waits for which range to be read. A question that is repeated meanwhile waits with the first.
    private readonly Dictionary<OrdinalRange, HashSet<IActorRef>> _asked = [];
    private readonly OpenRequests _open = new();
    private CellView _view = null!;
    private bool _isFresh;

    /// <summary>Reads its state from the ledger before the first message is handled.</summary>
    public CellAggregator(
        string entityId,
        ISweepLedger ledger,
        DefinitionCache definitions,
        IActorRef coordinator,
        ILogger<CellAggregator> logger
    )
    {
        (_sweep, _cell) = CellEntity.Parse(entityId);
        _ledger = ledger;
        _definitions = definitions;
        _coordinator = coordinator;
        _logger = logger;
        Loading();
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    public IStash Stash { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart() => Load();

    private void Load() =>
        CellView
            .LoadAsync(_ledger, _definitions, _sweep, _cell, ImagesPerRead)
            .PipeTo(Self, success: view => new Loaded(view), failure: error => new LoadFailed(error));

    private void Loading()
    {
        Receive<Loaded>(loaded =>
        {
            _view = loaded.View;
            _isFresh = _asked.Count == 0;
            Become(Ready);
            foreach (var range in _asked.Keys.ToList())
            {
                AnswerAll(range);
            }

            _open.Clear();
            Stash.UnstashAll();
        });
        Receive<LoadFailed>(failed =>
        {
            _logger.LogWarning(failed.Error, "The votes of {Sweep} {Cell} cannot be read yet", _sweep, _cell);
            Timers.StartSingleTimer("load", new LoadAgain(), ReloadDelay);
        });
        Receive<LoadAgain>(_ => Load());
        Receive<CellProtocol.SettleCell>(settle => NoteQuestion(settle.Range));
        ReceiveAny(message =>
        {
            if (_open.Open(Sender, message))
            {
                Stash.Stash();
            }
        });
    }

    private void Ready()
    {
        Receive<CellProtocol.RecordVotes>(Record);
        Receive<Recorded>(OnRecorded);
        Receive<CellProtocol.SettleCell>(settle => Settle(settle.Range));
        Receive<Reread>(reread =>
        {
            foreach (var votes in reread.Votes)
            {
                _view.Apply(votes);
            }

            AnswerAll(reread.Range);
        });
        Receive<RereadFailed>(failed =>
        {
            _asked.Remove(failed.Range);
            _logger.LogWarning(failed.Error, "The votes of {Sweep} {Cell} cannot be read again", _sweep, _cell);
        });
        Receive<CellProtocol.FetchDefinition>(fetch =>
        {
            var json = _definitions.JsonOf(_view.Sweep);
            var length = Math.Clamp(json.Length - fetch.Offset, 0, PartBytes);
            Sender.Tell(
                new CellProtocol.DefinitionPart(
                    _sweep,
                    fetch.Offset,
                    json.Length,
                    [.. json.AsSpan(Math.Min(fetch.Offset, json.Length), length)]
                )
            );
        });
        Receive<CellProtocol.FetchCounted>(FetchCounted);
        Receive<Fetched>(fetched =>
        {
            _open.Close(fetched.ReplyTo, fetched.Request);
            fetched.ReplyTo.Tell(fetched.Part);
        });
        Receive<FetchFailed>(failed =>
        {
            _open.Close(failed.From, failed.Request);
            _logger.LogWarning(failed.Error, "The votes of {Sweep} {Cell} cannot be read for a device", _sweep, _cell);
        });
        Receive<TellTotals>(_ => TellCoordinator());
        Receive<Pruned>(_ => { });
        Receive<Refused>(refused =>
        {
            _open.Close(refused.From, refused.Votes);
            _logger.LogWarning(refused.Error, "The ledger refused votes of {Sweep} {Cell}", _sweep, _cell);
            _coordinator.Tell(new CellProtocol.RecordingFailed(_sweep, _cell, WireText.Clip(refused.Error.Message)));
        });
        Receive<NotPruned>(failed =>
            _logger.LogWarning(failed.Error, "The ledger refused pruning of {Sweep} {Cell}", _sweep, _cell)
        );
    }

    private void Record(CellProtocol.RecordVotes votes)
    {
        var sender = Sender;
        if (!_open.Open(sender, votes))
        {
            return;
        }

        var known = votes.Snapshots.Where(s => _view.Tally.Knows(s.ImageIndex)).ToList();
        if (known.Count < votes.Snapshots.Count)
        {
            _logger.LogError(
                "{Device} sent votes of images that are not in {Sweep} {Cell}",
                votes.Device.Id,
                _sweep,
                _cell
            );
        }

        _ledger
            .RecordVotesAsync(_view.Cell.VoteKey, votes.Device, known, CancellationToken.None)
            .PipeTo(
                Self,
                success: recorded => new Recorded(votes, recorded, sender),
                failure: error => new Refused(votes, error, sender)
            );
    }

    // What is finished stays so. What is not may have been recorded by another aggregator of the cell, of a node that the cluster
    // had lost or that had lost the cluster: the ledger alone knows.
    private void Settle(OrdinalRange range)
    {
        if (_isFresh || _view.Tally.Unfinished(range).Count == 0)
        {
            _isFresh = false;
            Answer(range, Sender);
            return;
        }

        var isBeingRead = _asked.ContainsKey(range);
        NoteQuestion(range);
        if (!isBeingRead)
        {
            _view
                .ReadAsync(_ledger, range, ImagesPerRead)
                .PipeTo(
                    Self,
                    success: votes => new Reread(range, votes),
                    failure: error => new RereadFailed(range, error)
                );
        }
    }

    private void NoteQuestion(OrdinalRange range)
    {
        _asked.TryAdd(range, []);
        _asked[range].Add(Sender);
    }

    private void AnswerAll(OrdinalRange range)
    {
        if (_asked.Remove(range, out var askers))
        {
            foreach (var asker in askers)
            {
                Answer(range, asker);
            }
        }
    }

    private void Answer(OrdinalRange range, IActorRef asker)
    {
        var tally = _view.Tally;
        asker.Tell(
            new CellProtocol.CellSettled(_sweep, _cell, range, tally.Unfinished(range), tally.ImagesDone, tally.Draws)
        );
    }

    private void OnRecorded(Recorded message)
    {
        _open.Close(message.ReplyTo, message.Votes);
        message.ReplyTo.Tell(new CellProtocol.VotesRecorded(_sweep, _cell, message.Votes.Batch));
        var finished = message.Outcome.Images.Where(_view.Apply).Select(image => image.ImageIndex).ToList();
        if (finished.Count > 0)
        {
            _ledger
                .PruneVotesAsync(_view.Cell.VoteKey, finished, CancellationToken.None)
                .PipeTo(Self, success: _ => new Pruned(), failure: e => new NotPruned(e));
        }

        foreach (var conflict in message.Outcome.Conflicts)
        {
            var device = new DeviceId(message.Votes.Device.Node, message.Votes.Device.Name);
            _coordinator.Tell(new CellProtocol.VotesConflicted(_sweep, _cell, device, Describe(conflict)));
        }

        if (_view.Tally.ImagesDone == _view.Tally.All.Count)
        {
            TellCoordinator();
        }
        else if (!Timers.IsTimerActive("tell"))
        {
            Timers.StartSingleTimer("tell", new TellTotals(), TellDelay);
        }
    }

    private void FetchCounted(CellProtocol.FetchCounted fetch)
    {
        var sender = Sender;
        if (!_open.Open(sender, fetch))
        {
            return;
        }

        var perPart = Math.Max(1, PartBytes / (_view.Dataset.Classes * 6 + 40));
        var next = Math.Min(fetch.From + perPart, fetch.Range.End);
        _view
            .ReadAsync(_ledger, OrdinalRange.Between(fetch.From, next), ImagesPerRead)
            .PipeTo(
                Self,
                success: votes => new Fetched(
                    fetch,
                    new CellProtocol.CountedPart(
                        _sweep,
                        _cell,
                        fetch.Range,
                        fetch.From,
                        next,
                        [.. votes.SelectMany(Snapshots)]
                    ),
                    sender
                ),
                failure: error => new FetchFailed(fetch, error, sender)
            );
    }

    private void TellCoordinator() =>
        _coordinator.Tell(new CellProtocol.CellAdvanced(_sweep, _cell, _view.Tally.ImagesDone, _view.Tally.Draws));

    private static IEnumerable<VoteSnapshot> Snapshots(StoredVotes votes)
    {
        if (votes.Selection is { } selection)
        {
            yield return new VoteSnapshot(votes.ImageIndex, DrawStream.Selection, selection, 0);
        }

        if (votes.Estimation is { } estimation)
        {
            yield return new VoteSnapshot(votes.ImageIndex, DrawStream.Estimation, estimation, votes.Seconds);
        }
    }

    private static string Describe(VoteConflict conflict) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"image {conflict.ImageIndex}, {conflict.Stream} draws: recorded by {conflict.RecordedBy} {conflict.Recorded.Total} draws with top class {conflict.Recorded.TopClass}, refused {conflict.Refused.Total} draws with top class {conflict.Refused.TopClass}"
        );
}
