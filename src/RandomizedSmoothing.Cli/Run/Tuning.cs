using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Sampling;
using RandomizedSmoothing.Node.Local;

namespace RandomizedSmoothing.Cli.Run;

/// <summary>
/// <c>rsmooth plan --tune</c>: how fast each model of a sweep is under other batch sizes and precisions. It only advises: both
/// decide what a vote is, so they are chosen in the sweep file, before its first run; <c>batchSize: tuned</c> leaves the rows to
/// the same measurement.
/// </summary>
internal static class Tuning
{
    /// <summary>Measures on the sweep's first device.</summary>
    public static RowTable Measure(LocalSweep sweep, SweepDefinition definition, TimeProvider time)
    {
        var table = new RowTable("model", "data set", "precision", "batch", "draws/s", "ratio", "note");
        foreach (var cell in definition.Cells.DistinctBy(c => (definition.ModelOf(c).Name, c.Dataset)))
        {
            var task = ThroughputProbe.TaskOf(definition, cell);
            var (model, dataset) = (definition.ModelOf(cell), definition.DatasetOf(cell));
            double? present = null;
            foreach (var precision in new[] { task.Precision, Other(task.Precision) })
            {
                if (
                    Measure(task with { Precision = precision }, model.Spec.File, sweep.Devices[0], time)
                    is not { } speeds
                )
                {
                    continue;
                }

                present ??= speeds.First(s => s.Rows == task.Standard).DrawsPerSecond;
                var fastest = speeds.MaxBy(s => s.DrawsPerSecond);
                foreach (var speed in speeds.Where(s => s.DrawsPerSecond is not null))
                {
                    var isPresent = precision == task.Precision && speed.Rows == task.Standard;
                    table.Add(
                        model.Name,
                        dataset.Name,
                        precision == Precision.BFloat16 ? "bfloat16" : "float32",
                        speed.Rows,
                        Math.Round(speed.DrawsPerSecond!.Value),
                        Math.Round(speed.DrawsPerSecond.Value / present!.Value, 2),
                        string.Join(", ", Notes(isPresent, speed == fastest))
                    );
                }
            }
        }

        return table;
    }

    private static Precision Other(Precision precision) =>
        precision == Precision.Float32 ? Precision.BFloat16 : Precision.Float32;

    // A format that knows only one precision refuses the other.
    private static IReadOnlyList<BatchSpeed>? Measure(
        ThroughputTask task,
        string? file,
        DeviceDescription device,
        TimeProvider time
    )
    {
        try
        {
            return ThroughputProbe.Measure(task, file, device, time).Speeds;
        }
        catch (UserErrorException) when (task.Precision != Precision.Float32)
        {
            return null;
        }
    }

    private static IEnumerable<string> Notes(bool present, bool fastest)
    {
        if (present)
        {
            yield return "this sweep";
        }

        if (fastest)
        {
            yield return "fastest in this precision";
        }
    }
}
