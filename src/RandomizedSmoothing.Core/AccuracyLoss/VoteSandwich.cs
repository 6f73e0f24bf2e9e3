namespace RandomizedSmoothing.Core.AccuracyLoss;

/// <summary>
/// How far the accuracy a of a base classifier on noisy images determines that of the smoothed one: a true label with more
/// than half of the votes wins, and a winner has at least a K-th of them, so max(0, 2a − 1) ≤ accuracy ≤ min(1, K a). It
/// holds image by image for the votes counted, not only in the limit, where the label with the most votes wins outright
/// (no abstention) and every image has the same number of votes.
/// </summary>
public sealed record VoteSandwich
{
    /// <param name="images">The number of images, positive.</param>
    /// <param name="classes">K, at least two.</param>
    /// <param name="votesPerImage">The votes of each image, positive.</param>
    /// <param name="votesForTruth">Votes for the true label, over all images.</param>
    public VoteSandwich(int images, int classes, long votesPerImage, long votesForTruth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(votesPerImage);
        ArgumentOutOfRangeException.ThrowIfNegative(votesForTruth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(votesForTruth, images * votesPerImage);
        (Images, Classes, VotesPerImage, VotesForTruth) = (images, classes, votesPerImage, votesForTruth);
    }

    public int Images { get; }

    public int Classes { get; }

    public long VotesPerImage { get; }

    public long VotesForTruth { get; }

    /// <summary>a, the accuracy of the base classifier on noisy images.</summary>
    public double NoisyAccuracy => VotesForTruth / (double)(Images * VotesPerImage);

    /// <summary>The least possible accuracy of the smoothed classifier.</summary>
    public double Lower =>
        Math.Max(0, ((2 * VotesForTruth) - (Images * VotesPerImage)) / (double)(Images * VotesPerImage));

    /// <summary>The largest possible accuracy of the smoothed classifier.</summary>
    public double Upper => Math.Min(1, Classes * NoisyAccuracy);

    /// <summary>Whether a number of right plurality answers lies between the limits, in integers.</summary>
    public bool Allows(int correct) =>
        (2 * (Int128)VotesForTruth) - ((Int128)Images * VotesPerImage) <= (Int128)correct * VotesPerImage
        && (Int128)correct * VotesPerImage <= Classes * (Int128)VotesForTruth
        && correct <= Images;
}
