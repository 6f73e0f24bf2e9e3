namespace RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

/// <summary>
/// An upper limit on the accuracy of every classifier, from conflicts alone: of two conflicting images at most one counts,
/// so the images that do not count cover every conflict, and no cover is smaller than a (fractional) matching.
/// </summary>
/// <param name="Images">N.</param>
/// <param name="Distance">The distance below which two images of different label conflict, pixels in [0, 1].</param>
/// <param name="Conflicts">Conflicting pairs used.</param>
/// <param name="ConflictingImages">Images in at least one of them.</param>
/// <param name="Lost">
/// A lower bound on the number of images that cannot count: the maximum matching for two classes, half the maximum
/// matching of the double cover, rounded up, for more (at least as large as the maximum matching of the graph itself;
/// Nemhauser, Trotter 1975).
/// </param>
/// <param name="IsExact">Whether <paramref name="Lost"/> is the smallest cover itself (König), as with two classes.</param>
/// <param name="IsTruncated">Whether farther conflicts were left out, so that the ceiling holds but is not the lowest.</param>
public sealed record AccuracyCeiling(
    int Images,
    double Distance,
    int Conflicts,
    int ConflictingImages,
    int Lost,
    bool IsExact,
    bool IsTruncated
)
{
    /// <summary>1 − Lost/N.</summary>
    public double Ceiling => (Images - Lost) / (double)Images;
}
