namespace RandomizedSmoothing.Core.Certification;

/// <summary>How the number of estimation draws is chosen.</summary>
public enum CertificationMode
{
    /// <summary>n draws for every image (Cohen et al. 2019).</summary>
    Fixed,

    /// <summary>An anytime-valid confidence sequence that stops when every radius of the grid is decided (Voráček 2024).</summary>
    Anytime,
}

/// <summary>Which lower bound the radius is computed from.</summary>
public enum CertificateKind
{
    /// <summary>The top class against the rest: p_A only.</summary>
    TopClass,

    /// <summary>The top class against the runner-up: p_A and p_B.</summary>
    TwoClass,
}

/// <summary>How the failure probability is shared among the images of a cell.</summary>
public enum FamilyWiseCorrection
{
    /// <summary>α holds for each image by itself.</summary>
    None,

    /// <summary>α/m for each of m images, so that all hold together with probability 1 − α.</summary>
    Bonferroni,
}

/// <summary>Which images receive estimation draws.</summary>
public enum CertifiedImages
{
    /// <summary>Every image.</summary>
    All,

    /// <summary>Only those whose selected class is the label: enough for a certified-accuracy curve.</summary>
    Correct,
}

/// <summary>
/// Everything that decides how many draws an image gets and what certificate follows from its votes.
/// </summary>
public sealed record CertificationPlan
{
    /// <summary>Fixed or anytime.</summary>
    public CertificationMode Mode { get; init; } = CertificationMode.Fixed;

    /// <summary>Selection draws per image, at least 1.</summary>
    public long N0 { get; init; } = 100;

    /// <summary>Estimation draws per image (fixed mode) or the cap on them (anytime mode), at least 1.</summary>
    public long N { get; init; } = 100_000;

    /// <summary>One-sided failure probability per image, in (0, ½).</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>Top class alone or against the runner-up.</summary>
    public CertificateKind Certificate { get; init; } = CertificateKind.TopClass;

    /// <summary>Correction for many images.</summary>
    public FamilyWiseCorrection FamilyWise { get; init; } = FamilyWiseCorrection.None;

    /// <summary>Which images receive estimation draws.</summary>
    public CertifiedImages Images { get; init; } = CertifiedImages.All;

    /// <summary>Decision grid of the anytime mode: radii in the norm of the noise family, ascending, each ≥ 0.</summary>
    public IReadOnlyList<double> Radii { get; init; } = [];

    /// <summary>Anytime mode: stop, too, when the interval for p_A is at most this wide; null for never.</summary>
    public double? Precision { get; init; }

    /// <summary>
    /// Anytime mode, curve-aware stop: share of certified accuracy, in (0, 0.1], that may be given up at each radius by leaving
    /// undecided the images that cost most; null for none. A goal of the stopping rule, not part of any claim.
    /// </summary>
    public double? Tolerance { get; init; }
}
