using System.Collections.Concurrent;
using System.Diagnostics;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Node.Tests.Operations;

namespace RandomizedSmoothing.Node.Tests.Observability;

[Collection(nameof(OperatedNode))]
public sealed class TraceTests(OperatedNode node)
{
    [Fact]
    public async Task Shards_lie_in_their_cell_and_cells_in_their_sweep()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        var sweep = await node.FinishAsync("traced");
        await Eventually.Async(
            () => Task.FromResult(Of(ended, "sweep", sweep.Value).Count == 1),
            "the span of the sweep has ended"
        );

        var whole = Of(ended, "sweep", sweep.Value).Single();
        whole.GetTagItem("state").ShouldBe("Completed");
        var cells = Of(ended, "cell", sweep.Value);
        cells.ShouldNotBeEmpty();
        cells.ShouldAllBe(cell => cell.ParentSpanId == whole.SpanId && cell.TraceId == whole.TraceId);
        var shards = Of(ended, "shard", sweep.Value);
        shards.ShouldNotBeEmpty();
        foreach (var shard in shards)
        {
            var cell = cells.Single(c => c.SpanId == shard.ParentSpanId);
            cell.GetTagItem("cell").ShouldBe(shard.GetTagItem("cell"));
            shard.GetTagItem("outcome").ShouldBe("done");
        }
    }

    private static List<Activity> Of(IEnumerable<Activity> all, string name, string sweep) =>
        [.. all.Where(a => a.OperationName == name && (string?)a.GetTagItem("sweep") == sweep)];
}
