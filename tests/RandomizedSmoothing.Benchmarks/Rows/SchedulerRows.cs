using System.Globalization;
using RandomizedSmoothing.Benchmarks.Measuring;
using RandomizedSmoothing.Cluster.Simulation;

namespace RandomizedSmoothing.Benchmarks.Rows;

/// <summary>The coordinator under 1,000 simulated workers, and what one shard costs beside its draws.</summary>
internal static class SchedulerRows
{
    private const double Megabyte = 1e6;

    public static IEnumerable<Row> Measure(BenchOptions options)
    {
        var shards = options.Quick ? 50_000 : 1_000_000;
        var report = SchedulerSimulation.Run(new SimulationPlan { Shards = shards });
        var what = string.Create(CultureInfo.InvariantCulture, $"scheduler: 1,000 workers, {shards:N0} shards");
        var grants = string.Create(CultureInfo.InvariantCulture, $"{report.GrantsPerSecond:N0}/s");
        yield return new Row(
            $"{what}: grants, one core",
            grants,
            "",
            report.GrantsPerSecond,
            grants,
            20_000,
            "≥ 20,000/s"
        );
        var memory = string.Create(CultureInfo.InvariantCulture, $"{report.MemoryBytes / Megabyte:N0} MB");
        yield return new Row(
            $"{what}: memory, workers included",
            memory,
            "",
            report.MemoryBytes / Megabyte,
            memory,
            500,
            "< 500 MB",
            LessIsBetter: true
        );

        var folder = Directory.CreateTempSubdirectory("rsmooth-bench-");
        try
        {
            var flush = 1000 * LoopbackCluster.MeasureFlush(folder.FullName);
            var one = LoopbackCluster.MeasureOverheadAsync(folder.FullName).GetAwaiter().GetResult();
            var overhead = 1000 * one.Overhead;
            var shown = string.Create(CultureInfo.InvariantCulture, $"{overhead:0.0} ms");
            yield return new Row(
                "shard: grant to recorded, loopback, median, warm",
                shown,
                string.Create(CultureInfo.InvariantCulture, $"one flush of this disk: {flush:0.0} ms"),
                overhead,
                shown,
                5,
                "< 5 ms",
                LessIsBetter: true
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
