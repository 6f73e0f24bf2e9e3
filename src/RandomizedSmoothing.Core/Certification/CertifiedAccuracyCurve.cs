using System.Collections.Immutable;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>One point of a certified-accuracy curve.</summary>
/// <param name="Radius">Radius.</param>
/// <param name="Correct">Images whose label is certified at this radius.</param>
/// <param name="Accuracy">Their share; all other images count as not certified.</param>
/// <param name="Lower">Lower end of the two-sided Clopper-Pearson band: sub-sampling error of the share.</param>
/// <param name="Upper">Upper end of the band.</param>
/// <param name="HighProbability">
/// Accuracy less the share of certificates that may be false with probability 1 − ρ; at least 0.
/// </param>
public readonly record struct CurvePoint(
    double Radius,
    long Correct,
    double Accuracy,
    double Lower,
    double Upper,
    double HighProbability
);

/// <summary>The curve of the images of one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Its finished images.</param>
/// <param name="Abstained">Those whose bound is too low for a claim.</param>
/// <param name="NotEstimated">Those that the plan left out.</param>
/// <param name="AverageRadius">Mean of R·1[correct] over them.</param>
/// <param name="Accuracies">Certified accuracy at each radius of the whole curve; not a number without images.</param>
public sealed record ClassCurve(
    int Label,
    long Images,
    long Abstained,
    long NotEstimated,
    double AverageRadius,
    ImmutableArray<double> Accuracies
);

/// <summary>
/// Certified accuracy as a function of the radius: the share of images whose label is certified there. Sub-sampling and failed
/// certificates are shown apart: the band speaks of unseen images, the high-probability curve of false certificates.
/// </summary>
public sealed record CertifiedAccuracyCurve
{
    /// <summary>Confidence of the band, two-sided.</summary>
    public const double BandConfidence = 0.95;

    /// <summary>Default ρ of the data-set statement.</summary>
    public const double DefaultRho = 0.001;

    /// <summary>The points, by ascending radius.</summary>
    public required ImmutableArray<CurvePoint> Points { get; init; }

    /// <summary>The classes, by label.</summary>
    public required ImmutableArray<ClassCurve> Classes { get; init; }

    /// <summary>Finished images.</summary>
    public required long Images { get; init; }

    /// <summary>Images of the selection, finished or not: a curve of fewer is provisional.</summary>
    public required long Expected { get; init; }

    /// <summary>Finished images whose bound is too low for a claim.</summary>
    public required long Abstained { get; init; }

    /// <summary>Finished images that the plan left out, because their selected class is not the label.</summary>
    public required long NotEstimated { get; init; }

    /// <summary>Finished images with a claim that is not the label.</summary>
    public required long Wrong { get; init; }

    /// <summary>Finished images with a claim that is the label, at radius 0.</summary>
    public required long Correct { get; init; }

    /// <summary>Average certified radius: mean of R·1[correct]. Contested; compare it only at equal n and α.</summary>
    public required double AverageRadius { get; init; }

    /// <summary>Mean number of draws per finished image, both streams.</summary>
    public required double MeanDraws { get; init; }

    /// <summary>The largest failure probability of one certificate.</summary>
    public required double Alpha { get; init; }

    /// <summary>Failure probability ρ of the high-probability curve.</summary>
    public required double Rho { get; init; }

    /// <summary>Certificates that may be false with probability 1 − ρ.</summary>
    public required long FalseCertificates { get; init; }

    /// <summary>Whether images are missing.</summary>
    public bool Provisional => Images < Expected;

    /// <summary>The curve of a set of certificates.</summary>
    /// <param name="certificates">Finished images.</param>
    /// <param name="radii">Radii, in any order.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="expected">Images of the selection; 0 for as many as there are.</param>
    /// <param name="rho">Failure probability of the high-probability curve, in (0, 1).</param>
    public static CertifiedAccuracyCurve Of(
        IReadOnlyCollection<Certificate> certificates,
        IEnumerable<double> radii,
        int classes,
        long expected = 0,
        double rho = DefaultRho
    )
    {
        ImmutableArray<double> ordered = [.. radii.Order()];
        var images = certificates.Count;
        var alpha = certificates.Select(c => c.Alpha).DefaultIfEmpty(0).Max();
        var mistaken = images == 0 ? 0 : DatasetBound.FalseCertificates(images, alpha, rho);
        return new CertifiedAccuracyCurve
        {
            Points = [.. ordered.Select(r => Point(r, certificates.LongCount(c => c.CorrectAt(r)), images, mistaken))],
            Classes = [.. Enumerable.Range(0, classes).Select(label => OfClass(label, certificates, ordered))],
            Images = images,
            Expected = Math.Max(expected, images),
            Abstained = certificates.LongCount(c => c.Abstained),
            NotEstimated = certificates.LongCount(c => c.NotEstimated),
            Wrong = certificates.LongCount(c => c.Wrong),
            Correct = certificates.LongCount(c => c.Correct),
            AverageRadius = MeanRadius(certificates),
            MeanDraws = images == 0 ? double.NaN : certificates.Average(c => (double)(c.N0 + c.N)),
            Alpha = alpha,
            Rho = rho,
            FalseCertificates = mistaken,
        };
    }

    /// <summary>One point, from counts.</summary>
    /// <param name="radius">Radius.</param>
    /// <param name="correct">Images certified there.</param>
    /// <param name="images">All images; 0 gives not-a-number shares.</param>
    /// <param name="falseCertificates">How many may be false.</param>
    public static CurvePoint Point(double radius, long correct, long images, long falseCertificates)
    {
        if (images == 0)
        {
            return new CurvePoint(radius, 0, double.NaN, 0, 1, 0);
        }

        const double Side = (1 - BandConfidence) / 2;
        return new CurvePoint(
            radius,
            correct,
            (double)correct / images,
            BinomialBounds.Lower(correct, images, Side),
            BinomialBounds.Upper(correct, images, Side),
            Math.Max(0, correct - falseCertificates) / (double)images
        );
    }

    private static ClassCurve OfClass(
        int label,
        IReadOnlyCollection<Certificate> certificates,
        ImmutableArray<double> radii
    )
    {
        var own = certificates.Where(c => c.Label == label).ToList();
        return new ClassCurve(
            label,
            own.Count,
            own.LongCount(c => c.Abstained),
            own.LongCount(c => c.NotEstimated),
            MeanRadius(own),
            [.. radii.Select(r => own.Count == 0 ? double.NaN : own.Count(c => c.CorrectAt(r)) / (double)own.Count)]
        );
    }

    private static double MeanRadius(IReadOnlyCollection<Certificate> certificates) =>
        certificates.Count == 0 ? double.NaN : certificates.Average(c => c.Correct ? c.Radius : 0);
}
