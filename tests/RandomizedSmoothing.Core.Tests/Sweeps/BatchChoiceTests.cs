using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

public sealed class BatchChoiceTests
{
    [Fact]
    public void The_fastest_rows_are_chosen_and_the_smallest_among_those_that_are_as_fast()
    {
        Rows([(Reading("cpu:0", (16, 500), (64, 1000), (256, 700)), 1)]).ShouldBe(64);
        Rows([(Reading("cpu:0", (16, 975), (64, 1000), (256, 1004)), 1)]).ShouldBe(16);
        Rows([(Reading("cpu:0", (16, 960), (64, 1000), (256, 1004)), 1)]).ShouldBe(64);
    }

    [Fact]
    public void Devices_of_several_kinds_count_by_what_they_draw_together()
    {
        var cpu = Reading("cpu:0", (64, 1000), (512, 400));
        var gpu = Reading("cuda:0", (64, 5000), (512, 7000));

        Rows([(cpu, 1), (gpu, 1)]).ShouldBe(512);
        Rows([(cpu, 4), (gpu, 1)]).ShouldBe(64);
    }

    [Fact]
    public void Rows_that_a_device_cannot_run_or_did_not_try_are_not_chosen()
    {
        var small = Reading("cuda:0", (64, 1000), (512, null));
        var large = Reading("cuda:1", (64, 1000), (512, 9000), (4000, 10_000));

        Rows([(small, 1), (large, 1)]).ShouldBe(64);
        var error = Should.Throw<UserErrorException>(() => Rows([(Reading("cuda:0", (64, null)), 1)]));
        error.Message.ShouldContain("net on data");
        error.Message.ShouldContain("cuda:0");
        error.Message.ShouldContain("batchSize: auto");
    }

    private static int Rows(IReadOnlyList<(ThroughputReading Reading, int Devices)> readings) =>
        BatchChoice.Of("net", "data", readings).Rows;

    private static ThroughputReading Reading(string device, params (int Rows, double? Speed)[] speeds) =>
        new(
            new DeviceDescription(device, device.Split(':')[0], device),
            ClassifierRoute.Network,
            [.. speeds.Select(s => new BatchSpeed(s.Rows, s.Speed))]
        );
}
