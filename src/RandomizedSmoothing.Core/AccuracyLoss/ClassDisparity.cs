namespace RandomizedSmoothing.Core.AccuracyLoss;

/// <summary>One class on a test set.</summary>
/// <param name="Images">Images of the class.</param>
/// <param name="Correct">Those of them labelled right.</param>
/// <param name="Region">Images, of any class, labelled as this class: the size of its decision region on the set.</param>
public readonly record struct ClassTally(int Images, int Correct, int Region)
{
    /// <summary>Correct / images; NaN for a class without images.</summary>
    public double Accuracy => Images == 0 ? double.NaN : Correct / (double)Images;
}

/// <summary>
/// How unevenly the classes fare. Smoothing favours classes with large regions: a convex region only shrinks, and one that
/// holds less than half of the noise everywhere is erased.
/// </summary>
public sealed class ClassDisparity
{
    /// <param name="classes">One tally per label.</param>
    /// <exception cref="ArgumentException">There are no classes with images.</exception>
    public ClassDisparity(IEnumerable<ClassTally> classes)
    {
        Classes = [.. classes];
        if (!Classes.Any(c => c.Images > 0))
        {
            throw new ArgumentException("A disparity needs at least one class with images.", nameof(classes));
        }
    }

    public IReadOnlyList<ClassTally> Classes { get; }

    /// <summary>The largest class accuracy minus the smallest.</summary>
    public double Range => Accuracies.Max() - Accuracies.Min();

    /// <summary>The standard deviation of the class accuracies, each class counted once (divisor K).</summary>
    public double StandardDeviation
    {
        get
        {
            var mean = Accuracies.Average();
            return Math.Sqrt(Accuracies.Average(a => (a - mean) * (a - mean)));
        }
    }

    /// <summary>The label that fares worst, the lowest of several.</summary>
    public int WorstClass => Enumerable.Range(0, Classes.Count).Where(HasImages).MinBy(c => Classes[c].Accuracy);

    /// <summary>Classes that no image is labelled as.</summary>
    public IReadOnlyList<int> Vanished => [.. Enumerable.Range(0, Classes.Count).Where(c => Classes[c].Region == 0)];

    private IEnumerable<double> Accuracies => Classes.Where(c => c.Images > 0).Select(c => c.Accuracy);

    /// <summary>Counts the classes of predictions.</summary>
    /// <param name="classes">K.</param>
    /// <param name="answers">True label and predicted label per image; a negative prediction is an abstention.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is K or more, or a true label negative.</exception>
    public static ClassDisparity Of(int classes, IEnumerable<(int Label, int Predicted)> answers)
    {
        var (images, correct, region) = (new int[classes], new int[classes], new int[classes]);
        foreach (var (label, predicted) in answers)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(label);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, classes);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(predicted, classes);
            images[label]++;
            correct[label] += predicted == label ? 1 : 0;
            if (predicted >= 0)
            {
                region[predicted]++;
            }
        }

        return new ClassDisparity(
            Enumerable.Range(0, classes).Select(c => new ClassTally(images[c], correct[c], region[c]))
        );
    }

    /// <summary>The noise level from which on a class stays vanished, for each class; null where it is still there at the end.</summary>
    /// <param name="bySigma">Disparities of one model at several levels, in any order.</param>
    public static IReadOnlyList<double?> VanishingSigmas(IEnumerable<(double Sigma, ClassDisparity Disparity)> bySigma)
    {
        var levels = bySigma.OrderBy(l => l.Sigma).ToArray();
        var classes = levels.Length == 0 ? 0 : levels.Max(l => l.Disparity.Classes.Count);
        var result = new double?[classes];
        for (var c = 0; c < classes; c++)
        {
            for (var i = levels.Length - 1; i >= 0 && levels[i].Disparity.Vanished.Contains(c); i--)
            {
                result[c] = levels[i].Sigma;
            }
        }

        return result;
    }

    private bool HasImages(int label) => Classes[label].Images > 0;
}
