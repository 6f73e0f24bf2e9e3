using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using RandomizedSmoothing.Cluster.Aggregation;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Aggregation;

/// <summary>How often an aggregator reads the ledger for what it is asked.</summary>
public sealed class CellAggregatorTests : IAsyncLifetime
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

    private IActorRef Start(ISweepLedger ledger)
    {
        var definitions = new DefinitionCache();
        definitions.Put(_sweep);
        var id = CellEntity.Id(_sweep.Id, _sweep.Cells[0].Id);
        return _system.ActorOf(
            Props.Create(() =>
                new CellAggregator(id, ledger, definitions, ActorRefs.Nobody, NullLogger<CellAggregator>.Instance)
            )
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
