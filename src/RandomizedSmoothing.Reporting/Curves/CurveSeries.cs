using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>
/// Certified accuracy against radius, exactly: at radius r the share of images that are classified correctly with a certified
/// radius of at least r. A falling step function that still counts an image at its own radius.
/// </summary>
public sealed class CurveSeries
{
    private readonly double[] _radii;

    /// <summary>Takes the certified radii of the correctly classified images.</summary>
    /// <param name="label">Name in the legend.</param>
    /// <param name="correctRadii">One radius for each image that is correct and not abstained, in any order.</param>
    /// <param name="images">All images that were finished, the abstained and wrong ones too; at least as many as radii.</param>
    public CurveSeries(string label, IEnumerable<double> correctRadii, int images)
    {
        Label = label;
        Images = images;
        Planned = images;
        _radii = [.. correctRadii.Order()];
        ArgumentOutOfRangeException.ThrowIfLessThan(images, _radii.Length);
    }

    /// <summary>Name in the legend.</summary>
    public string Label { get; }

    /// <summary>Finished images: the denominator.</summary>
    public int Images { get; }

    /// <summary>Images that were asked for; more than <see cref="Images"/> while the curve is provisional.</summary>
    public int Planned { get; init; }

    /// <summary>Whether images are missing.</summary>
    public bool IsProvisional => Images < Planned;

    /// <summary>Whether the curve comes from a published log: drawn dashed, without a band.</summary>
    public bool IsPublished { get; init; }

    /// <summary>Which colour of the palette; curves of one sigma share it across panels.</summary>
    public int Slot { get; init; }

    /// <summary>Largest finite radius of a correctly classified image; 0 where there is none.</summary>
    public double LargestRadius => Array.FindLast(_radii, double.IsFinite);

    /// <summary>The legend's text: the label, and <c>k of m</c> while provisional.</summary>
    public string Legend => IsProvisional ? $"{Label} ({Images} of {Planned} images)" : Label;

    /// <summary>Images that count at this radius.</summary>
    public int CountAt(double radius)
    {
        var low = 0;
        var high = _radii.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_radii[middle] >= radius)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return _radii.Length - low;
    }

    /// <summary>Certified accuracy at this radius, in [0, 1]; 0 where no image is finished.</summary>
    public double At(double radius) => Images == 0 ? 0 : (double)CountAt(radius) / Images;

    /// <summary>
    /// The steps in order of radius: at <see cref="CurveStep.Radius"/> the accuracy falls from that of the step before to
    /// <see cref="CurveStep.Below"/>. The first step is at radius 0 and falls from nothing.
    /// </summary>
    /// <param name="confidence">Coverage of the two-sided Clopper-Pearson interval at each step, in (0, 1).</param>
    /// <param name="resolution">Steps closer together than this are merged into one; 0 keeps them all.</param>
    public IReadOnlyList<CurveStep> Steps(double confidence = 0.95, double resolution = 0)
    {
        if (Images == 0)
        {
            return [];
        }

        var steps = new List<CurveStep> { StepTo(0, CountAt(0), confidence) };
        var at = 0;
        while (at < _radii.Length && _radii[at] < 0)
        {
            at++;
        }

        while (at < _radii.Length && double.IsFinite(_radii[at]))
        {
            var radius = _radii[at];
            var end = at + 1;
            while (end < _radii.Length && _radii[end] - radius <= resolution)
            {
                end++;
            }

            steps.Add(StepTo(_radii[end - 1], _radii.Length - end, confidence));
            at = end;
        }

        return steps;
    }

    private CurveStep StepTo(double radius, int count, double confidence)
    {
        var side = (1 - confidence) / 2;
        return new CurveStep(
            radius,
            (double)count / Images,
            BinomialBounds.Lower(count, Images, side),
            BinomialBounds.Upper(count, Images, side)
        );
    }
}

/// <summary>One step of a curve.</summary>
/// <param name="Radius">Where it falls.</param>
/// <param name="Below">Certified accuracy just beyond the radius.</param>
/// <param name="Lower">Lower end of its confidence interval over the choice of images.</param>
/// <param name="Upper">Upper end of the same.</param>
public readonly record struct CurveStep(double Radius, double Below, double Lower, double Upper);
