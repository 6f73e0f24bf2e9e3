using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Models.Sampling;

namespace RandomizedSmoothing.Models.Tests.Sampling;

public sealed class ThroughputProbeTests
{
    [Fact]
    public void Every_size_that_is_worth_trying_is_timed_and_the_standard_one_with_them()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var catalogue = new DatasetCatalogue(
                new DatasetOptions { Cache = new CacheFolders(folder.FullName), Download = false }
            );
            var data = catalogue.Resolve(new DatasetSpec { Name = "digits" });
            var task = new ThroughputTask
            {
                Model = new ModelSpec { Name = "small-conv", Architecture = "small-conv" },
                Shape = data.Shape,
                Classes = data.Classes,
                Standard = 48,
            };
            var device = TorchDevices.Parse("cpu")[0];
            var reading = ThroughputProbe.Measure(task, file: null, device, new OneBatchClock());

            (reading.Device, reading.Route).ShouldBe((device, ClassifierRoute.Network));
            reading.Speeds.Select(s => s.Rows).ShouldBe([16, 32, 48, 64, 128, 256, 1000]);

            // One batch takes the same time whatever its size.
            var unit = reading.Speeds[0].DrawsPerSecond!.Value / 16;
            reading.Speeds.ShouldAllBe(s => Math.Abs(s.DrawsPerSecond!.Value - s.Rows * unit) < 1e-9);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A clock on which every batch takes an hour.</summary>
    private sealed class OneBatchClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency * 3600);
    }
}
