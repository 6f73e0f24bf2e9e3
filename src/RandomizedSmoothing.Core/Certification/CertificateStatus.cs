namespace RandomizedSmoothing.Core.Certification;

/// <summary>What the votes of an image amount to.</summary>
public enum CertificateStatus
{
    /// <summary>A class, with a radius of at least 0.</summary>
    Certified,

    /// <summary>The bound does not reach: no class is claimed. Counts as wrong.</summary>
    Abstained,

    /// <summary>
    /// The selected class is not the label, and the plan estimates correct images only: no class is claimed. Counts as wrong.
    /// </summary>
    NotEstimated,
}
