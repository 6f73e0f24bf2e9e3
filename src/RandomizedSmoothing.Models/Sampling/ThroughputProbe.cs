using System.Runtime.InteropServices;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Models.Inference;
using TorchSharp;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>
/// Times the forward passes of a base classifier for some seconds: grey images, and for a model that is still to be trained its
/// architecture with fresh weights, which costs the same.
/// </summary>
public static class ThroughputProbe
{
    private const int Turns = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(0.25);

    /// <summary>What there is to time of a cell: its standard rows are those that it has.</summary>
    public static ThroughputTask TaskOf(SweepDefinition sweep, CellDefinition cell)
    {
        var (model, dataset) = (sweep.ModelOf(cell), sweep.DatasetOf(cell));
        return new ThroughputTask
        {
            Model = model.Spec,
            File = model.FileHash,
            Shape = dataset.Shape,
            Classes = dataset.Classes,
            Precision = sweep.Execution.Precision,
            Standard = BatchRows.Of(sweep, cell),
        };
    }

    /// <summary>Draws per second of one device with the task's standard rows.</summary>
    /// <param name="task">The model.</param>
    /// <param name="file">Its file on this machine; null where it is still to be trained.</param>
    /// <param name="device">The device.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="UserErrorException">The model cannot be opened or does not fit the images.</exception>
    public static double DrawsPerSecond(ThroughputTask task, string? file, DeviceDescription device, TimeProvider time)
    {
        TorchRuntime.PrepareThread();
        using var classifier = Open(task, file, TorchDevices.Open(device));
        using var inference = torch.inference_mode();
        RunBatch(classifier, task.Shape, task.Standard);
        return Time(classifier, task.Shape, task.Standard, Longest, time);
    }

    /// <summary>
    /// Draws per second of one device with all rows that are worth trying there: measured in turns, the best turn of each, so that
    /// what else the machine does falls on all of them.
    /// </summary>
    /// <param name="task">The model.</param>
    /// <param name="file">Its file on this machine; null where it is still to be trained.</param>
    /// <param name="device">The device.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UserErrorException">The model cannot be opened or does not fit the images.</exception>
    public static ThroughputReading Measure(
        ThroughputTask task,
        string? file,
        DeviceDescription device,
        TimeProvider time,
        CancellationToken cancellation = default
    )
    {
        TorchRuntime.PrepareThread();
        using var classifier = Open(task, file, TorchDevices.Open(device));
        using var inference = torch.inference_mode();
        var rows = BatchRows.Candidates(task.Shape, task.Standard, device.Kind);
        var best = rows.Select(r => (double?)(TryRun(classifier, task.Shape, r) ? 0 : null)).ToArray();
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < best.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (best[i] is { } before)
                {
                    best[i] = Math.Max(before, Time(classifier, task.Shape, rows[i], Turn, time));
                }
            }
        }

        return new ThroughputReading(
            device,
            classifier.Route,
            [.. rows.Zip(best, (r, speed) => new BatchSpeed(r, speed))]
        );
    }

    private static double Time(
        BaseClassifier classifier,
        ImageShape shape,
        int rows,
        TimeSpan atLeast,
        TimeProvider time
    )
    {
        var start = time.GetTimestamp();
        long draws = 0;
        do
        {
            RunBatch(classifier, shape, rows);
            draws += rows;
        } while (time.GetElapsedTime(start) < atLeast);
        return draws / time.GetElapsedTime(start).TotalSeconds;
    }

    // A program may be bound to one number of rows, and memory to few.
    private static bool TryRun(BaseClassifier classifier, ImageShape shape, int rows)
    {
        try
        {
            RunBatch(classifier, shape, rows);
            return true;
        }
        catch (Exception e) when (e is ExternalException or OutOfMemoryException)
        {
            return false;
        }
    }

    private static BaseClassifier Open(ThroughputTask task, string? file, torch.Device device) =>
        file is not null
            ? ModelLoader.Open(
                file,
                task.Model,
                new ModelFit(task.Shape, task.Classes, task.Standard),
                device,
                task.Precision
            )
            : new NativeClassifier(
                ArchitectureCatalogue.Build(task.Model.Architecture!, task.Shape, task.Classes),
                task.Model.Normalize,
                Arithmetic.Of(device, task.Precision)
            );

    private static void RunBatch(BaseClassifier classifier, ImageShape shape, int rows)
    {
        using var scope = torch.NewDisposeScope();
        var images = RootedScalars.Filled([rows, shape.Channels, shape.Height, shape.Width], 0.5, classifier.Device);
        _ = classifier.Logits(images).argmax(1).to(torch.CPU);
    }
}
