using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using RandomizedSmoothing.Cluster.Aggregation;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Coordination;

/// <summary>What is done for every cell of a wide grid, or for every page of its progress, must not grow with the grid.</summary>
public sealed class WideGridTests
{
    private const int Cells = 20_000;

    private readonly StateRig _rig = new();

    [Fact]
    public void A_page_of_progress_takes_no_more_memory_than_its_cells()
    {
        var sweep = TestSweeps.Sweep(cells: Cells, images: 1);
        _rig.Load(sweep);
        Page(sweep, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var page = Page(sweep, Cells / 2);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        page.Cells.Count.ShouldBe(100);
        bytes.ShouldBeLessThan(50_000);
    }

    [Fact]
    public void Pages_together_are_the_whole_and_each_tells_of_the_whole()
    {
        var sweep = TestSweeps.Sweep(cells: 250, images: 4);
        _rig.Load(sweep);
        var worker = _rig.Worker("w1");
        _rig.Do(state => state.Open(_rig.Now));
        for (var shards = 0; shards < 7; shards++)
        {
            _rig.Counted(_rig.Request(worker).ShouldNotBeNull());
        }

        var whole = _rig.State.Progress(sweep.Id, _rig.Now).ShouldNotBeNull();
        var pages = new[] { 0, 100, 200 }.Select(from => Page(sweep, from)).ToList();

        pages.SelectMany(page => page.Cells).ShouldBe(whole.Cells);
        whole.Draws.ShouldBe(whole.Cells.Sum(cell => cell.Draws));
        whole.Draws.ShouldBe(7 * 4 * 210);
        pages.ShouldAllBe(page => page.Draws == whole.Draws && page.DrawsPlanned == 250 * 4 * 210);
        _rig.State.Find(sweep.Id)!.Done.ShouldBe(new Counted(whole.ImagesDone, whole.Draws));
    }

    [Fact]
    public void To_name_an_aggregator_compiles_nothing()
    {
        var (ledger, _) = FullLedger.Over(null!);
        var props = CellHosting.EntityProps(
            ledger,
            new DefinitionCache(),
            ActorRefs.Nobody,
            NullLogger<CellAggregator>.Instance
        );
        props("sweep-1|first");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var entity = 0; entity < 100; entity++)
        {
            props("sweep-1|cell").Type.ShouldBe(typeof(CellAggregator));
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100 * 2000);
    }

    [Fact]
    public void Aggregators_share_the_text_of_a_definition()
    {
        var sweep = TestSweeps.Sweep();
        var definitions = new DefinitionCache();

        definitions.JsonOf(sweep).ShouldBeSameAs(definitions.JsonOf(sweep));
        definitions.JsonOf(sweep).ShouldBe(LedgerJson.Write(sweep));
    }

    private SweepProgress Page(SweepDefinition sweep, int from) =>
        _rig.State.Progress(sweep.Id, _rig.Now, from, most: 100).ShouldNotBeNull();
}
