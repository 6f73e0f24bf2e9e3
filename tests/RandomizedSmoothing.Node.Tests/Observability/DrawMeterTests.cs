using System.Diagnostics.Metrics;
using RandomizedSmoothing.Node.Tests.Operations;

namespace RandomizedSmoothing.Node.Tests.Observability;

/// <summary>The meter is the process's: no other test's devices may count meanwhile.</summary>
[CollectionDefinition(nameof(DrawMeterTests), DisableParallelization = true)]
public sealed class DrawMeterCollection : ICollectionFixture<OperatedNode>;

[Collection(nameof(DrawMeterTests))]
public sealed class DrawMeterTests(OperatedNode node)
{
    [Fact]
    public async Task Draws_are_counted_once_however_often_they_are_reported()
    {
        long draws = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "rsmooth.worker.draws")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref draws, value));
        listener.Start();

        var sweep = await node.FinishAsync("metered");

        var progress = (await node.Sweeps.GetProgressAsync(sweep, OperatedNode.Limit))!;
        progress.Draws.ShouldBeGreaterThan(0);
        Interlocked.Read(ref draws).ShouldBe(progress.Draws);
    }
}
