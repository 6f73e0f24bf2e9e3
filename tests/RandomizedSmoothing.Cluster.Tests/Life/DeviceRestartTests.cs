using Akka.Actor;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Cluster.Workers;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>The actor of a device that ends over a message and begins anew.</summary>
public sealed class DeviceRestartTests : OneProcess
{
    [Fact]
    public async Task A_device_that_begins_anew_asks_for_work_again_and_what_it_held_is_counted_at_once()
    {
        var sweep = TestSweeps.Sweep(images: 8);
        var gate = new Gate();
        var devices = new FakeDevices { BeforeShard = (_, cancellation) => gate.Pass(cancellation) };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await gate.Reached;

        // A training of a model that the sweep does not have.
        var nonsense = new WorkerProtocol.GrantTraining(
            new LeaseId("nonsense"),
            devices.Devices[0].Name,
            sweep.Id,
            sweep.Cells[0].Id,
            TestSweeps.Hash("nothing"),
            null
        );
        TestNodes.SystemOf(cluster).ActorSelection($"/user/{WorkerNode.ActorName}").Tell(nonsense);
        gate.Open();
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }
}
