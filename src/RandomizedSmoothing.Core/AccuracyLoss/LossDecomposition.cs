namespace RandomizedSmoothing.Core.AccuracyLoss;

/// <summary>
/// Where the accuracy goes between the clean-trained classifier and the smoothed one, in counts of the same images, so that
/// the parts add up exactly: A₀ − G = [A₀ − B] + [B − G], the cost of training with noise and the cost of smoothing, the
/// latter split into wrong answers and abstentions where every image is estimated. Any part may be negative.
/// </summary>
public sealed record LossDecomposition
{
    /// <param name="images">The number of images, positive.</param>
    /// <param name="cleanCorrect">A₀: right answers of the clean-trained network on clean images.</param>
    /// <param name="noiseTrainedCorrect">B_σ: right answers of the noise-trained network on clean images.</param>
    /// <param name="smoothedCorrect">G_σ: right answers of the smoothed classifier.</param>
    /// <param name="smoothedAbstained">Images on which the smoothed classifier abstains.</param>
    /// <param name="smoothedNotEstimated">
    /// Images that the plan left out because they cannot be right: neither wrong answers nor abstentions are known then.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or larger than the number of images.</exception>
    public LossDecomposition(
        int images,
        int cleanCorrect,
        int noiseTrainedCorrect,
        int smoothedCorrect,
        int smoothedAbstained,
        int smoothedNotEstimated = 0
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        int[] counts = [cleanCorrect, noiseTrainedCorrect, smoothedCorrect, smoothedAbstained, smoothedNotEstimated];
        foreach (var count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, images);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(smoothedAbstained, images - smoothedCorrect);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            smoothedNotEstimated,
            images - smoothedCorrect - smoothedAbstained
        );
        (Images, CleanCorrect, NoiseTrainedCorrect) = (images, cleanCorrect, noiseTrainedCorrect);
        (SmoothedCorrect, SmoothedAbstained) = (smoothedCorrect, smoothedAbstained);
        SmoothedNotEstimated = smoothedNotEstimated;
    }

    public int Images { get; }

    public int CleanCorrect { get; }

    public int NoiseTrainedCorrect { get; }

    public int SmoothedCorrect { get; }

    public int SmoothedAbstained { get; }

    public int SmoothedNotEstimated { get; }

    /// <summary>Whether B − G is split: every image is estimated.</summary>
    public bool IsSplit => SmoothedNotEstimated == 0;

    /// <summary>Images on which the smoothed classifier gives a wrong label; null where that is not known of all.</summary>
    public int? SmoothedWrong => IsSplit ? Images - SmoothedCorrect - SmoothedAbstained : null;

    /// <summary>A₀ − G in images.</summary>
    public int TotalImages => CleanCorrect - SmoothedCorrect;

    /// <summary>A₀ − B in images.</summary>
    public int TrainingImages => CleanCorrect - NoiseTrainedCorrect;

    /// <summary>B − G in images.</summary>
    public int SmoothingImages => NoiseTrainedCorrect - SmoothedCorrect;

    /// <summary>
    /// Wrong answers of the smoothed classifier beyond those of its unsmoothed base: the first part of B − G; null where it is not
    /// split.
    /// </summary>
    public int? WrongImages => SmoothedWrong - (Images - NoiseTrainedCorrect);

    /// <summary>The second part of B − G; null where it is not split.</summary>
    public int? AbstainedImages => IsSplit ? SmoothedAbstained : null;

    /// <summary>A₀ − G, a share of the images.</summary>
    public double Total => Share(TotalImages);

    /// <summary>A₀ − B, a share of the images.</summary>
    public double Training => Share(TrainingImages);

    /// <summary>B − G, a share of the images.</summary>
    public double Smoothing => Share(SmoothingImages);

    /// <summary>The part of B − G that is wrong answers, a share of the images; null where it is not split.</summary>
    public double? Wrong => WrongImages is { } count ? Share(count) : null;

    /// <summary>The part of B − G that is abstentions, a share of the images; null where it is not split.</summary>
    public double? Abstained => AbstainedImages is { } count ? Share(count) : null;

    private double Share(int count) => count / (double)Images;
}
