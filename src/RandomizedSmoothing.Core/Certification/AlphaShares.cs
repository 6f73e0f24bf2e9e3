namespace RandomizedSmoothing.Core.Certification;

/// <summary>How one image's failure probability is spent.</summary>
/// <param name="Image">What the whole certificate of the image may spend.</param>
/// <param name="Top">Share of the lower bound of the selected class.</param>
/// <param name="EachOther">Share of the upper bound of each other class; 0 where there is none.</param>
public readonly record struct AlphaShares(double Image, double Top, double EachOther)
{
    /// <summary>
    /// The shares of a plan. A family-wise correction leaves α/m per image. The two-class certificate gives half to the selected
    /// class and splits the other half evenly among the other classes, because which of them is largest is known only after the
    /// draws: the bound of the largest count is then a bound for all (union bound).
    /// </summary>
    /// <param name="plan">α, certificate, correction.</param>
    /// <param name="images">Images of the cell, m.</param>
    /// <param name="classes">Number of classes.</param>
    public static AlphaShares Of(CertificationPlan plan, int images, int classes)
    {
        var image = plan.FamilyWise == FamilyWiseCorrection.Bonferroni ? plan.Alpha / Math.Max(1, images) : plan.Alpha;
        return plan.Certificate == CertificateKind.TwoClass && classes > 1
            ? new AlphaShares(image, image / 2, image / (2 * (classes - 1)))
            : new AlphaShares(image, image, 0);
    }
}
