using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Preflight;

/// <summary>Accuracy under one noise.</summary>
/// <param name="Noise">Family.</param>
/// <param name="Sigma">Level.</param>
/// <param name="Draws">Draws that were right, of those that were made.</param>
/// <param name="Voted">Images whose few draws vote for the right class, of the sample.</param>
public sealed record NoisyShare(string Noise, double Sigma, SampleShare Draws, SampleShare Voted);

/// <summary>Another way of feeding pixels under which the classifier does better.</summary>
/// <param name="Reading">The way.</param>
/// <param name="Right">How it does.</param>
public sealed record BetterReading(InputReading Reading, SampleShare Right);

/// <summary>What a short look at a base classifier showed. None of its draws is evidence for anything.</summary>
public sealed record ProbeResult
{
    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>On images without noise.</summary>
    public required SampleShare Clean { get; init; }

    /// <summary>Under noise, in the order asked for; fewer where time ran out.</summary>
    public required IReadOnlyList<NoisyShare> Noisy { get; init; }

    /// <summary>Images, by index in the data set, for which it returned NaN or infinity, with noise or without; ascending.</summary>
    public IReadOnlyList<int> Unanswered { get; init; } = [];

    /// <summary>A clearly better way of feeding it, or null.</summary>
    public BetterReading? Better { get; init; }

    /// <summary>Forward passes a second on the device that was used, noise included.</summary>
    public required double DrawsPerSecond { get; init; }

    /// <summary>What the classifier does to pixels in [0,1], as far as it shows.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>What computes.</summary>
    public required ClassifierRoute Route { get; init; }

    /// <summary>Of a program that is not frozen: why.</summary>
    public string? Obstacle { get; init; }
}
