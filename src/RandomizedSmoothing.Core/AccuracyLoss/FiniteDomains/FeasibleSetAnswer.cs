using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>The sizes of the feasible sets of one kernel.</summary>
/// <param name="Hypotheses">|H|.</param>
/// <param name="Image">Distinct smoothed classifiers, with or without abstentions.</param>
/// <param name="Proper">Those of them that lie in H.</param>
/// <param name="Fixed">Hypotheses that smoothing leaves alone.</param>
/// <param name="Feasible">
/// The size of the set of the reading asked for: distinct smoothed classifiers, but hypotheses for
/// <see cref="FeasibleReading.Stable"/> and <see cref="FeasibleReading.VersionSpace"/>.
/// </param>
/// <param name="MeanOwnAccuracy">
/// The mean over h ∈ H and over points of [S h = h]: the accuracy of the smoothed classifier when the hypothesis itself
/// is the truth. One minus it is the mean own loss.
/// </param>
/// <param name="Set">
/// The smoothed classifiers of the reading asked for, or null where Kⁿ is too large for a bitmap.
/// </param>
public sealed record FeasibleSetAnswer(
    BigInteger Hypotheses,
    BigInteger Image,
    BigInteger Proper,
    BigInteger Fixed,
    BigInteger Feasible,
    ExactFraction MeanOwnAccuracy,
    LabellingSet? Set
)
{
    /// <summary>|I| / |H|.</summary>
    public double ImageFraction => new ExactFraction(Image, Hypotheses).ToDouble();
}
