using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>
/// PREDICT (Cohen et al. 2019, Alg. 1): the class of the smoothed classifier, without a radius. It abstains where the exact
/// two-sided binomial test cannot tell the two leading classes apart.
/// </summary>
/// <param name="Class">The answer, or −1 where it abstains.</param>
/// <param name="TopClass">The class with most votes.</param>
/// <param name="Top">Its votes.</param>
/// <param name="RunnerUp">Votes of the next class.</param>
/// <param name="LogPValue">ln of the p-value.</param>
/// <param name="Alpha">The probability that an answer is not the smoothed classifier's.</param>
public sealed record Prediction(int Class, int TopClass, long Top, long RunnerUp, double LogPValue, double Alpha)
{
    /// <summary>Whether no class is claimed.</summary>
    public bool Abstained => Class < 0;

    /// <summary>The prediction of a vote.</summary>
    /// <param name="votes">Counts per class, over draws that selected nothing before.</param>
    /// <param name="alpha">Failure probability, in (0, 1).</param>
    public static Prediction Of(VoteCounts votes, double alpha)
    {
        if (!(alpha is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(alpha),
                alpha,
                "A failure probability lies strictly between 0 and 1."
            );
        }

        var top = votes.TopClass;
        var other = votes.RunnerUpTo(top);
        var runnerUp = other < 0 ? 0 : votes[other];
        var log = BinomialTest.LogTwoSided(votes[top], runnerUp);

        // A hair on the abstaining side of the comparison covers the rounding of both logarithms.
        var answers = log <= Math.Log(alpha) - 1e-13 * Math.Abs(log);
        return new Prediction(answers ? top : Certificate.Abstain, top, votes[top], runnerUp, log, alpha);
    }
}
