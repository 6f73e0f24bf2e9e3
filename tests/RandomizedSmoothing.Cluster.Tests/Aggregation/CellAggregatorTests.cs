using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RandomizedSmoothing.Cluster.Aggregation;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Cluster.Tests.Aggregation;

/// <summary>How often an aggregator turns to the ledger for what it is asked.</summary>
public sealed class CellAggregatorTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly ActorSystem _system = ActorSystem.Create("cell");
    private readonly SweepDefinition _sweep = TestSweeps.Sweep(cells: 1, images: 20);
    private SqliteSweepLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = new SqliteSweepLedger(_folder.File("ledger.db"), TimeProvider.System);
        await _ledger.OpenAsync(default);
        await _ledger.AddSweepAsync(_sweep, default);
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_question_that_is_repeated_while_the_ledger_is_read_is_answered_by_that_read()
    {
        var (ledger, hold) = HeldLedger.Over(_ledger);
        var cell = Start(ledger);
        var all = new OrdinalRange(0, 20);
        var atFirst = Ask(cell, all, times: 20);
        hold.Allow(1);
        (await Task.WhenAll(atFirst)).ShouldAllBe(answer => answer.Unfinished.SequenceEqual(new[] { all }));
        // What it answers next comes after whatever it had put off.
        await cell.Ask<CellProtocol.DefinitionPart>(
            new CellProtocol.FetchDefinition(_sweep.Id, _sweep.Cells[0].Id, 0),
            Patience
        );
        hold.Reads.ShouldBe(1, "reading its state answers what was asked meanwhile");

        var later = Ask(cell, all, times: 20);
        var part = Ask(cell, new OrdinalRange(4, 4), times: 20);
        hold.Allow(2);

        (await Task.WhenAll(later)).ShouldAllBe(answer => answer.Unfinished.SequenceEqual(new[] { all }));
        (await Task.WhenAll(part)).ShouldAllBe(answer => answer.Range == new OrdinalRange(4, 4));
        hold.Reads.ShouldBe(3, "one for each range");
    }

    [Fact]
    public async Task Votes_that_are_offered_again_while_the_ledger_is_away_wait_once()
    {
        var (ledger, hold) = HeldLedger.Over(_ledger);
        hold.HoldsWrites = true;
        hold.Allow(1);
        var cell = Start(ledger);
        var (first, second) = (Inbox.Create(_system), Inbox.Create(_system));
        for (var times = 0; times < 50; times++)
        {
            first.Send(cell, Votes(batch: 7));
            second.Send(cell, Votes(batch: 7));
        }

        await DefinitionAsync(cell);

        hold.Writes.ShouldBe(2, "one of each device");
        hold.AllowWrite();
        hold.AllowWrite();
        foreach (var device in (Inbox[])[first, second])
        {
            (await device.ReceiveAsync(Patience)).ShouldBeOfType<CellProtocol.VotesRecorded>().Batch.ShouldBe(7);
        }
    }

    [Fact]
    public async Task Votes_that_were_refused_are_recorded_when_they_are_offered_again()
    {
        var (ledger, hold) = HeldLedger.Over(_ledger);
        hold.HoldsWrites = true;
        hold.Refusal = new InvalidOperationException("The imaginary ledger is away.");
        hold.Allow(1);
        var log = new NodeLog(output);
        var refused = log.NextAsync("refused votes");
        var cell = Start(ledger, log);
        var device = Inbox.Create(_system);
        device.Send(cell, Votes(batch: 7));
        hold.AllowWrite();
        await refused.WaitAsync(Patience);

        device.Send(cell, Votes(batch: 7));
        hold.AllowWrite();

        (await device.ReceiveAsync(Patience)).ShouldBeOfType<CellProtocol.VotesRecorded>();
        (await _ledger.ReadVotesAsync(_sweep.Cells[0].VoteKey, 0, 10, default)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_asked_before_the_ledger_has_answered_waits_once()
    {
        var (ledger, hold) = HeldLedger.Over(_ledger);
        var cell = Start(ledger);
        var device = Inbox.Create(_system);
        for (var times = 0; times < 50; times++)
        {
            device.Send(cell, Votes(batch: 7));
            device.Send(cell, Fetch());
        }

        hold.Allow(2);

        var answers = new[] { await device.ReceiveAsync(Patience), await device.ReceiveAsync(Patience) };
        answers.OfType<CellProtocol.VotesRecorded>().ShouldHaveSingleItem();
        answers.OfType<CellProtocol.CountedPart>().ShouldHaveSingleItem();
        await DefinitionAsync(cell);
        hold.Reads.ShouldBe(2);
    }

    [Fact]
    public async Task Votes_that_cannot_be_read_for_a_device_are_a_line_in_the_log_and_no_message_to_it()
    {
        var (ledger, disk) = FullLedger.Over(_ledger);
        var log = new NodeLog(output);
        var told = log.NextAsync("cannot be read for a device");
        var cell = Start(ledger, log);
        await DefinitionAsync(cell);
        disk.IsAway = true;
        var device = Inbox.Create(_system);
        var heard = device.ReceiveAsync(Patience);

        device.Send(cell, Fetch());
        (await Task.WhenAny(told, heard)).ShouldBe(told);
        disk.IsAway = false;
        device.Send(cell, Fetch());

        (await heard).ShouldBeOfType<CellProtocol.CountedPart>();
    }

    // What it answers next comes after whatever it was sent before.
    private Task<CellProtocol.DefinitionPart> DefinitionAsync(IActorRef cell) =>
        cell.Ask<CellProtocol.DefinitionPart>(
            new CellProtocol.FetchDefinition(_sweep.Id, _sweep.Cells[0].Id, 0),
            Patience
        );

    private CellProtocol.FetchCounted Fetch() => new(_sweep.Id, _sweep.Cells[0].Id, new OrdinalRange(0, 20), 0);

    private CellProtocol.RecordVotes Votes(long batch) =>
        new(
            _sweep.Id,
            _sweep.Cells[0].Id,
            new DeviceStamp("node:1", "cpu:0", "cpu", "processor", "lib 1"),
            batch,
            [
                new VoteSnapshot(
                    0,
                    DrawStream.Selection,
                    TestSweeps.Votes(_sweep.Cells[0].VoteKey, 0, DrawStream.Selection, 10),
                    1
                ),
            ]
        );

    private IActorRef Start(ISweepLedger ledger, NodeLog? log = null)
    {
        var definitions = new DefinitionCache();
        definitions.Put(_sweep);
        ILogger<CellAggregator> logger = log is null
            ? NullLogger<CellAggregator>.Instance
            : new Logger<CellAggregator>(log);
        var id = CellEntity.Id(_sweep.Id, _sweep.Cells[0].Id);
        return _system.ActorOf(
            Props.Create(() => new CellAggregator(id, ledger, definitions, ActorRefs.Nobody, logger))
        );
    }

    private List<Task<CellProtocol.CellSettled>> Ask(IActorRef cell, OrdinalRange range, int times) =>
        [
            .. Enumerable
                .Range(0, times)
                .Select(_ =>
                    cell.Ask<CellProtocol.CellSettled>(
                        new CellProtocol.SettleCell(_sweep.Id, _sweep.Cells[0].Id, range),
                        Patience
                    )
                ),
        ];
}
