using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// What is certified of one image, with everything it follows from. Always computed from stored votes, never stored itself.
/// </summary>
public sealed record Certificate
{
    /// <summary>The prediction of an image without a claim, as published logs write it.</summary>
    public const int Abstain = -1;

    /// <summary>Index of the image in its split.</summary>
    public required int ImageIndex { get; init; }

    /// <summary>Its label.</summary>
    public required int Label { get; init; }

    /// <summary>Certified, abstained, or not estimated.</summary>
    public required CertificateStatus Status { get; init; }

    /// <summary>The class that the selection draws chose; claimed only where <see cref="Status"/> is certified.</summary>
    public required int SelectedClass { get; init; }

    /// <summary>The class with most estimation votes other than the selected one; −1 where there is none.</summary>
    public int RunnerUp { get; init; } = -1;

    /// <summary>Certified radius in <see cref="Norm"/>, rounded down; 0 where nothing is claimed.</summary>
    public required double Radius { get; init; }

    /// <summary>The norm of the radius.</summary>
    public required Norm Norm { get; init; }

    /// <summary>Lower bound of the selected class's probability; says nothing where it was not estimated.</summary>
    public ProbabilityBound Lower { get; init; } = ProbabilityBound.Zero;

    /// <summary>Upper bound of every other class's probability (two-class certificate), or null.</summary>
    public ProbabilityBound? OtherUpper { get; init; }

    /// <summary>Estimation votes of the selected class.</summary>
    public long Votes { get; init; }

    /// <summary>Estimation votes of <see cref="RunnerUp"/>.</summary>
    public long RunnerUpVotes { get; init; }

    /// <summary>Estimation draws.</summary>
    public long N { get; init; }

    /// <summary>Selection draws.</summary>
    public long N0 { get; init; }

    /// <summary>
    /// The probability, over all that this image's certificate claims, that the claim is false: after a family-wise correction,
    /// before it is shared among bounds. 0 where votes are complete counts.
    /// </summary>
    public required double Alpha { get; init; }

    /// <summary>
    /// Probability deducted for the sampler: bound on the distance between the noise as drawn and as assumed, over an image.
    /// </summary>
    public double SamplingError { get; init; }

    /// <summary>Whether the bounds hold for this number of draws alone (fixed) or for any (anytime).</summary>
    public CertificationMode Mode { get; init; }

    /// <summary>Which bounds the radius comes from.</summary>
    public CertificateKind Kind { get; init; }

    /// <summary>Device seconds spent on the image; information only.</summary>
    public double Seconds { get; init; }

    /// <summary>The claimed class, or <see cref="Abstain"/>.</summary>
    public int Prediction => Status == CertificateStatus.Certified ? SelectedClass : Abstain;

    /// <summary>Whether the bound is too low for a claim.</summary>
    public bool Abstained => Status == CertificateStatus.Abstained;

    /// <summary>Whether the plan left the image out: nothing tells if it would be answered wrong or abstained on.</summary>
    public bool NotEstimated => Status == CertificateStatus.NotEstimated;

    /// <summary>Whether the claimed class is the label.</summary>
    public bool Correct => Prediction == Label;

    /// <summary>Whether the claimed class is not the label.</summary>
    public bool Wrong => Status == CertificateStatus.Certified && !Correct;

    /// <summary>Whether the label is certified at this radius: what certified accuracy counts.</summary>
    public bool CorrectAt(double radius) => Correct && Radius >= radius;
}
