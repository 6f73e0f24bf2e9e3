using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Coordination;

/// <summary>How the coordinator asks what is left of the cells of a large grid.</summary>
public sealed class CoordinatorOpeningTests
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    private readonly CoordinatorState _state = new(
        "c1",
        new CoordinatorSettings(TimeSpan.FromSeconds(30), AnswerTimeout, TimeSpan.FromSeconds(100))
    );
    private TimeSpan _now;

    [Fact]
    public void Only_so_many_questions_are_open_and_only_they_are_repeated()
    {
        var sweep = TestSweeps.Sweep(cells: 700, images: 4);
        var all = sweep.Cells.Select(c => c.Id).ToList();
        Load(sweep);

        Asked().ShouldBe(all[..256]);
        Answer(sweep, all[..100]);
        Asked().ShouldBe(all[256..356]);
        _now += AnswerTimeout;
        _state.Tick(_now);
        Asked().ShouldBe(all[100..356], ignoreOrder: true);

        Answer(sweep, all[100..356]);
        Answer(sweep, Asked());
        Answer(sweep, Asked());
        Asked().ShouldBeEmpty();
        _state.Find(sweep.Id)!.Cells.ShouldAllBe(cell => cell.IsOpen);
    }

    [Fact]
    public void A_sweep_of_higher_priority_does_not_wait_for_a_large_grid_before_it()
    {
        var large = TestSweeps.Sweep("large", cells: 700, images: 4);
        var urgent = TestSweeps.Sweep("urgent", cells: 1, images: 4, priority: 5, voteSalt: "urgent");
        Load(large);
        var asked = Asked();
        Load(urgent);
        Asked().ShouldBeEmpty();

        Answer(large, asked[..1]);

        _state.TakeEffects().OfType<SettleRange>().ShouldHaveSingleItem().Sweep.ShouldBe(urgent.Id);
    }

    [Fact]
    public void A_sweep_that_is_forgotten_makes_room_for_the_next()
    {
        var cancelled = TestSweeps.Sweep("cancelled", cells: 700, images: 4);
        var next = TestSweeps.Sweep("next", cells: 300, images: 4);
        Load(cancelled);
        Load(next);
        _state.Cancel(cancelled.Id).ShouldBeNull();
        _state.Forget(cancelled.Id);
        Asked();

        _state.Tick(_now);

        Asked().ShouldBe(next.Cells.Take(256).Select(c => c.Id));
    }

    [Fact]
    public void Cells_that_are_tried_again_are_asked_for_in_turn()
    {
        var sweep = TestSweeps.Sweep(cells: 300, images: 4);
        Load(sweep);
        _state.Cancel(sweep.Id);
        Asked();

        _state.Retry(sweep.Id, _now);
        Asked().ShouldBeEmpty("they are being asked already");
        var cells = sweep.Cells.Select(c => c.Id).ToList();
        Answer(sweep, cells[..256]);

        Asked().ShouldBe(cells[256..]);
    }

    private void Load(SweepDefinition sweep) =>
        _state.Load(
            sweep,
            new SweepRecord(sweep.Id, sweep.Name, SweepState.Pending, null, sweep.Priority, default, default, null),
            [],
            new Dictionary<ContentHash, ContentHash>(),
            _now
        );

    private List<CellId> Asked() => [.. _state.TakeEffects().OfType<SettleRange>().Select(question => question.Cell)];

    private void Answer(SweepDefinition sweep, IEnumerable<CellId> cells)
    {
        foreach (var cell in cells)
        {
            var all = new OrdinalRange(0, 4);
            _state.CellSettled(sweep.Id, cell, all, [all], 0, 0, _now);
        }
    }
}
