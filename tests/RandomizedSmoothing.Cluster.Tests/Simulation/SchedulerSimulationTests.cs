using RandomizedSmoothing.Cluster.Simulation;

namespace RandomizedSmoothing.Cluster.Tests.Simulation;

/// <summary>Memory is that of the whole process, so nothing else may run beside the simulation.</summary>
[CollectionDefinition(nameof(SchedulerSimulationTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>Whole sweeps through the real coordinator without computing anything.</summary>
[Collection(nameof(SchedulerSimulationTests))]
public sealed class SchedulerSimulationTests
{
    [Fact]
    public void A_sweep_completes_whatever_dies_and_the_same_plan_runs_the_same()
    {
        var plan = new SimulationPlan
        {
            Workers = 50,
            Shards = 2000,
            KillsPerWorkerHour = 20,
            Seed = 3,
        };

        var first = SchedulerSimulation.Run(plan);
        var again = SchedulerSimulation.Run(plan);

        first.Completed.ShouldBeTrue();
        first.Kills.ShouldBeGreaterThan(20);
        first.RecoverySeconds.Median.ShouldBeInRange(1, 30);
        (again.Grants, again.Kills, again.SweepSeconds).ShouldBe((first.Grants, first.Kills, first.SweepSeconds));
        SchedulerSimulation.Run(plan with { Seed = 4 }).Kills.ShouldNotBe(first.Kills);
    }

    [Fact]
    public void Shards_take_the_time_that_is_wanted_and_grow_small_towards_the_end()
    {
        var report = SchedulerSimulation.Run(new SimulationPlan { Workers = 100, Shards = 10_000 });

        report.Completed.ShouldBeTrue();
        report.ShardSeconds.Median.ShouldBeInRange(2, 10);
        report.LastShardSeconds.Median.ShouldBeLessThan(report.ShardSeconds.Median / 4);
        report.TailSeconds.ShouldBeLessThan(15);
        report.IdleShare.ShouldBeLessThan(0.1);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_number_of_shards()
    {
        var small = SchedulerSimulation.Run(new SimulationPlan { Workers = 200, Shards = 5000 });
        var large = SchedulerSimulation.Run(new SimulationPlan { Workers = 200, Shards = 50_000 });

        large.Completed.ShouldBeTrue();
        large.Grants.ShouldBeGreaterThan(40_000);
        (large.MemoryBytes - small.MemoryBytes).ShouldBeLessThan(50L * 1024 * 1024);
    }

    [Fact]
    public async Task Two_systems_on_loopback_record_every_shard()
    {
        using var folder = new TemporaryFolder();

        var report = await LoopbackCluster.MeasureOverheadAsync(folder.Path, shards: 4, warmUp: 4);

        report.Completed.ShouldBeTrue();
        report.Shards.ShouldBe(8);
        report.Overhead.ShouldBeGreaterThan(0);
    }
}
