namespace RandomizedSmoothing.Core.AccuracyLoss;

/// <summary>
/// Where the accuracy goes between the clean-trained classifier and the smoothed one, in counts of the same images, so that
/// the parts add up exactly: A₀ − G = [A₀ − B] + [B − G], the cost of training with noise and the cost of smoothing, the
/// latter split into wrong answers and abstentions. Any part may be negative.
/// </summary>
public sealed record LossDecomposition
{
    /// <param name="images">The number of images, positive.</param>
    /// <param name="cleanCorrect">A₀: right answers of the clean-trained network on clean images.</param>
    /// <param name="noiseTrainedCorrect">B_σ: right answers of the noise-trained network on clean images.</param>
    /// <param name="smoothedCorrect">G_σ: right answers of the smoothed classifier.</param>
    /// <param name="smoothedAbstained">Images on which the smoothed classifier abstains.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative or larger than the number of images.</exception>
    public LossDecomposition(
        int images,
        int cleanCorrect,
        int noiseTrainedCorrect,
        int smoothedCorrect,
        int smoothedAbstained
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        foreach (var count in new[] { cleanCorrect, noiseTrainedCorrect, smoothedCorrect, smoothedAbstained })
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, images);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(smoothedAbstained, images - smoothedCorrect);
        (Images, CleanCorrect, NoiseTrainedCorrect) = (images, cleanCorrect, noiseTrainedCorrect);
        (SmoothedCorrect, SmoothedAbstained) = (smoothedCorrect, smoothedAbstained);
    }

    public int Images { get; }

    public int CleanCorrect { get; }

    public int NoiseTrainedCorrect { get; }

    public int SmoothedCorrect { get; }

    public int SmoothedAbstained { get; }

    /// <summary>Images on which the smoothed classifier gives a wrong label.</summary>
    public int SmoothedWrong => Images - SmoothedCorrect - SmoothedAbstained;

    /// <summary>A₀ − G in images.</summary>
    public int TotalImages => CleanCorrect - SmoothedCorrect;

    /// <summary>A₀ − B in images.</summary>
    public int TrainingImages => CleanCorrect - NoiseTrainedCorrect;

    /// <summary>Wrong answers of the smoothed classifier beyond those of its unsmoothed base: the first part of B − G.</summary>
    public int WrongImages => SmoothedWrong - (Images - NoiseTrainedCorrect);

    /// <summary>The second part of B − G.</summary>
    public int AbstainedImages => SmoothedAbstained;

    /// <summary>A₀ − G, a share of the images.</summary>
    public double Total => Share(TotalImages);

    /// <summary>A₀ − B, a share of the images.</summary>
    public double Training => Share(TrainingImages);

    /// <summary>The part of B − G that is wrong answers, a share of the images.</summary>
    public double Wrong => Share(WrongImages);

    /// <summary>The part of B − G that is abstentions, a share of the images.</summary>
    public double Abstained => Share(AbstainedImages);

    private double Share(int count) => count / (double)Images;
}
