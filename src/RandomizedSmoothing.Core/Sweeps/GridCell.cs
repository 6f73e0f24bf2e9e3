namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>One cell of a sweep's grid as the sweep file describes it, before its data and model are found.</summary>
public sealed record GridCell
{
    /// <summary><c>dataset/model@trainSigma/noise/sigma</c>, unique within the sweep.</summary>
    public required CellId Id { get; init; }

    /// <summary>The data set.</summary>
    public required DatasetSpec Dataset { get; init; }

    /// <summary>The base classifier.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>Standard deviation of the training noise, 0 for none; null when the model is imported.</summary>
    public double? TrainSigma { get; init; }

    /// <summary>
    /// Noise family that the model is trained with: the cell's own, and <c>gaussian</c> at training sigma 0, where the family
    /// plays no part and cells of all families share one model; null when the model is imported.
    /// </summary>
    public string? TrainNoise { get; init; }

    /// <summary>Noise family.</summary>
    public required string Noise { get; init; }

    /// <summary>Per-coordinate standard deviation in [0,1] pixel units.</summary>
    public required double Sigma { get; init; }
}
