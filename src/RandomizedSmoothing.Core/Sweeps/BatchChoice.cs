namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>What computes the logits of a base classifier.</summary>
public enum ClassifierRoute
{
    /// <summary>A network of the catalogue: batch norm folded, convolutions fused where the device can.</summary>
    Network,

    /// <summary>The TorchScript program that came in the file, as libtorch runs it.</summary>
    Program,

    /// <summary>ONNX Runtime.</summary>
    Onnx,

    /// <summary>The TorchScript program, frozen: inlined, batch norm folded, convolutions fused where the device can.</summary>
    Frozen,
}

/// <summary>Batch shapes that a device is asked to time with one base classifier.</summary>
public sealed record ThroughputTask
{
    /// <summary>The model as the sweep names it.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>Digest of its file; null for one that is still to be trained, which is timed with fresh weights.</summary>
    public ContentHash? File { get; init; }

    /// <summary>Shape of the images.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>Precision of the forward pass.</summary>
    public Precision Precision { get; init; }

    /// <summary>Rows that are always tried, besides those that the device itself proposes.</summary>
    public required int Standard { get; init; }
}

/// <summary>How fast one batch shape is.</summary>
/// <param name="Rows">Rows of the batch.</param>
/// <param name="DrawsPerSecond">Draws a second of one device; null where the model cannot be run so, as for want of memory.</param>
public sealed record BatchSpeed(int Rows, double? DrawsPerSecond);

/// <summary>What a device measured.</summary>
/// <param name="Device">The device.</param>
/// <param name="Route">What computed.</param>
/// <param name="Speeds">Every shape that was tried, by rows.</param>
public sealed record ThroughputReading(
    DeviceDescription Device,
    ClassifierRoute Route,
    IReadOnlyList<BatchSpeed> Speeds
);

/// <summary>
/// The batch shape that measurements chose for a base classifier on a data set, for <c>execution.batchSize: tuned</c>. Chosen
/// once, before the first draw: kernels may round differently per shape, so the shape belongs to the sweep, whoever counts.
/// </summary>
/// <param name="Model">Name of the model in the sweep.</param>
/// <param name="Dataset">Name of the data set in the sweep.</param>
/// <param name="Rows">Rows of its batches.</param>
/// <param name="Readings">What was measured, one reading for each kind of device.</param>
public sealed record BatchChoice(string Model, string Dataset, int Rows, IReadOnlyList<ThroughputReading> Readings)
{
    /// <summary>A smaller shape within this factor of the fastest is taken: it needs less memory, and differences of this size are noise.</summary>
    public const double Indifference = 0.97;

    /// <summary>Chooses the rows at which all devices together draw fastest.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="dataset">Name of the data set.</param>
    /// <param name="readings">At least one reading, and how many devices it speaks for.</param>
    /// <exception cref="UserErrorException">No shape can be run on every device.</exception>
    public static BatchChoice Of(
        string model,
        string dataset,
        IReadOnlyList<(ThroughputReading Reading, int Devices)> readings
    )
    {
        var totals = readings
            .SelectMany(r => r.Reading.Speeds.Select(s => (s.Rows, Speed: s.DrawsPerSecond * r.Devices)))
            .GroupBy(s => s.Rows)
            .Where(shape => shape.Count() == readings.Count && shape.All(s => s.Speed is not null))
            .Select(shape => (Rows: shape.Key, Speed: shape.Sum(s => s.Speed!.Value)))
            .OrderBy(shape => shape.Rows)
            .ToList();
        if (totals.Count == 0)
        {
            throw new UserErrorException(
                $"No batch shape of the model {model} on {dataset} runs on every device ({string.Join(", ", readings.Select(r => r.Reading.Device.Name))}), "
                    + "so that none can be chosen. Write execution.batchSize: auto, or a number of rows that fits the device's memory."
            );
        }

        var fastest = totals.Max(shape => shape.Speed);
        var chosen = totals.First(shape => shape.Speed >= Indifference * fastest);
        return new BatchChoice(model, dataset, chosen.Rows, [.. readings.Select(r => r.Reading)]);
    }
}
