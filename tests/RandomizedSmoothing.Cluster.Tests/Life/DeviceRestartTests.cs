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
    public async Task A_device_that_begins_anew_asks_for_work_again()
    {
        var (first, second) = (TestSweeps.Sweep("first"), TestSweeps.Sweep("second", voteSalt: "second"));
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(first, Limit);
        await TestNodes.FinalAsync(cluster.Client, first.Id, Limit);

        // A training of a model that the sweep does not have.
        var nonsense = new WorkerProtocol.GrantTraining(
            new LeaseId("nonsense"),
            devices.Devices[0].Name,
            first.Id,
            first.Cells[0].Id,
            TestSweeps.Hash("nothing"),
            null
        );
        TestNodes.SystemOf(cluster).ActorSelection($"/user/{WorkerNode.ActorName}").Tell(nonsense);
        await cluster.Client.SubmitAsync(second, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, second.Id, Limit);

        last.State.ShouldBe(SweepState.Completed);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, second, Limit);
    }
}
