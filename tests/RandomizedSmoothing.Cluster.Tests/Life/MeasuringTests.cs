using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Devices of a cluster that are asked how fast a base classifier is.</summary>
public sealed class MeasuringTests : OneProcess
{
    private static readonly ThroughputTask Task = new()
    {
        Model = new ModelSpec { Name = "conv", Architecture = "small-conv" },
        Shape = new ImageShape(1, 8, 8),
        Classes = 10,
        Standard = 64,
    };

    [Fact]
    public async Task One_device_of_a_kind_speaks_for_all_of_them()
    {
        var asked = new List<ThroughputTask>();
        var devices = new FakeDevices(devices: 3)
        {
            OnMeasure = (task, device) =>
            {
                asked.Add(task);
                return new ThroughputReading(
                    device,
                    ClassifierRoute.Program,
                    [new BatchSpeed(64, 1000), new BatchSpeed(4000, null)]
                );
            },
        };
        await using var cluster = await StartAsync(devices);

        var (reading, speaksFor) = (await cluster.Client.MeasureAsync(Task, Limit)).ShouldHaveSingleItem();

        asked.ShouldHaveSingleItem().Model.Architecture.ShouldBe("small-conv");
        (reading.Device, reading.Route, speaksFor).ShouldBe((devices.Devices[0], ClassifierRoute.Program, 3));
        reading.Speeds.ShouldBe([new BatchSpeed(64, 1000), new BatchSpeed(4000, null)]);
    }

    [Fact]
    public async Task A_busy_device_measures_after_its_shard_and_goes_on_with_the_sweep()
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: 6, n: 100, shardImages: 2);
        var gate = new Gate();
        var devices = new FakeDevices { BeforeShard = (_, cancellation) => gate.Pass(cancellation) };
        devices.OnMeasure = (task, device) =>
        {
            devices.Begun.ShouldNotBeEmpty();
            return new ThroughputReading(device, ClassifierRoute.Network, [new BatchSpeed(task.Standard, 1)]);
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(sweep, Limit);
        await gate.Reached;

        var measured = cluster.Client.MeasureAsync(Task, Limit);
        gate.Open();

        (await measured).ShouldHaveSingleItem();
        await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, sweep, Limit);
    }

    [Fact]
    public async Task What_a_device_cannot_measure_is_told_with_the_device_and_the_model()
    {
        var devices = new FakeDevices
        {
            OnMeasure = (_, _) => throw new UserErrorException("The file holds another network."),
        };
        await using var cluster = await StartAsync(devices);

        var error = await Should.ThrowAsync<UserErrorException>(cluster.Client.MeasureAsync(Task, Limit));

        error.Message.ShouldContain("conv");
        error.Message.ShouldContain("cpu:0");
        error.Message.ShouldContain("The file holds another network.");
    }

    [Fact]
    public async Task A_cluster_without_devices_says_what_to_do()
    {
        await using var cluster = await StartAsync(new FakeDevices(devices: 0));

        var error = await Should.ThrowAsync<UserErrorException>(cluster.Client.MeasureAsync(Task, Limit));

        error.Message.ShouldContain("no worker is here yet");
    }
}
