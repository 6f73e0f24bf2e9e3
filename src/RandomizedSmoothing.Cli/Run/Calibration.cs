using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Sampling;
using RandomizedSmoothing.Node.Local;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>Times a few batches of every model of a sweep, so that a plan can say how long sampling takes.</summary>
internal static class Calibration
{
    /// <summary>Seconds of one draw of a cell on all devices together.</summary>
    public static Func<CellDefinition, double> Of(LocalSweep sweep, SweepDefinition definition, TimeProvider time)
    {
        var measured = new Dictionary<(string Model, ContentHash Dataset), double>();
        return cell =>
        {
            var model = definition.ModelOf(cell);
            var key = (model.Name, cell.Dataset);
            if (!measured.TryGetValue(key, out var seconds))
            {
                var speed = ThroughputProbe.DrawsPerSecond(
                    ThroughputProbe.TaskOf(definition, cell),
                    model.Spec.File,
                    sweep.Devices[0],
                    time
                );
                seconds = 1 / (speed * sweep.Devices.Count);
                measured.Add(key, seconds);
            }

            return seconds;
        };
    }
}
