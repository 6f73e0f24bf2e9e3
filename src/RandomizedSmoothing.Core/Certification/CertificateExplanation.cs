using System.Globalization;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Certification;

/// <summary>The arithmetic of one certificate, line by line, from the counts to the radius.</summary>
public static class CertificateExplanation
{
    /// <summary>The lines, in the order in which they are computed.</summary>
    /// <param name="certificate">What to explain.</param>
    /// <param name="noise">The noise it was computed with.</param>
    /// <param name="dimension">Number of coordinates.</param>
    /// <param name="plan">The plan it was computed with.</param>
    /// <param name="images">Images that shared α under a family-wise correction.</param>
    /// <param name="classNames">Names of the classes, by label; null to number them.</param>
    public static IReadOnlyList<ExplanationStep> Of(
        Certificate certificate,
        NoiseDistribution noise,
        int dimension,
        CertificationPlan plan,
        int images = 1,
        IReadOnlyList<string>? classNames = null
    )
    {
        string Class(int label)
        {
            var number = label.ToString(CultureInfo.InvariantCulture);
            return classNames is not null && label >= 0 && label < classNames.Count && classNames[label] != number
                ? $"class {number} ({classNames[label]})"
                : $"class {number}";
        }

        var steps = new List<ExplanationStep>();
        Counts(steps, certificate, Class);
        if (certificate.Status == CertificateStatus.NotEstimated)
        {
            steps.Add(
                Statement(
                    "result",
                    "certify.images: correct",
                    $"{Class(certificate.SelectedClass)} is not that of the label, {Class(certificate.Label)}: not estimated, counts as wrong"
                )
            );
            return steps;
        }

        if (noise.CompleteDraws is not null)
        {
            steps.Add(
                Statement("failure probability", "", "none: all draws there are were counted, the votes are exact")
            );
            steps.Add(Number("radius", noise.Formula(certificate.Norm), certificate.Radius));
            steps.Add(Result(certificate, Class));
            return steps;
        }

        Alpha(steps, certificate, plan, images);
        Bounds(steps, certificate);
        if (certificate.OtherUpper is { } other)
        {
            steps.AddRange(noise.ExplainTwoClassRadius(certificate.Lower, other, certificate.Norm, dimension));
        }
        else if (certificate.Lower.Value >= 0.5)
        {
            steps.AddRange(noise.ExplainRadius(certificate.Lower, certificate.Norm, dimension));
        }

        steps.Add(Result(certificate, Class));
        return steps;
    }

    private static void Counts(List<ExplanationStep> steps, Certificate certificate, Func<int, string> name)
    {
        if (certificate.N0 > 0)
        {
            steps.Add(
                Statement(
                    "selected class",
                    $"c = argmax of {certificate.N0} selection draws",
                    name(certificate.SelectedClass)
                )
            );
        }
        else
        {
            steps.Add(Statement("class", "", name(certificate.SelectedClass)));
        }

        if (certificate.Status == CertificateStatus.NotEstimated)
        {
            return;
        }

        steps.Add(Number("draws", "n", certificate.N));
        steps.Add(Number("votes", "k = votes for c among n", certificate.Votes));
        if (certificate.RunnerUp >= 0)
        {
            steps.Add(Number($"runner-up votes, {name(certificate.RunnerUp)}", "k'", certificate.RunnerUpVotes));
        }
    }

    private static void Alpha(List<ExplanationStep> steps, Certificate certificate, CertificationPlan plan, int images)
    {
        steps.Add(Number("failure probability", "α", plan.Alpha));
        if (plan.FamilyWise == FamilyWiseCorrection.Bonferroni)
        {
            steps.Add(
                Number("family-wise", FormattableString.Invariant($"α/m, m = {images} images"), certificate.Alpha)
            );
        }
    }

    private static void Bounds(List<ExplanationStep> steps, Certificate certificate)
    {
        var two = certificate.OtherUpper is not null;
        var share = two ? "α/2" : "α";
        var formula =
            certificate.Mode == CertificationMode.Anytime
                ? AnytimeFormula(share, certificate.N)
                : $"p = L(k, n, {share}): P(Bin(n, p) ≥ k) = {share}, rounded down";
        steps.Add(Number("lower bound", formula, certificate.Lower.Value));
        steps.Add(Number("its complement", "1 − p, rounded up", certificate.Lower.Complement));
        if (certificate.SamplingError > 0)
        {
            steps.Add(
                Number("deducted from p for the sampler", "d × rounding of its thresholds", certificate.SamplingError)
            );
        }

        if (certificate.OtherUpper is { } other)
        {
            steps.Add(
                Number(
                    "upper bound of every other class",
                    "q = min(1 − p, U(k', n, α/(2(K − 1)))), rounded up",
                    other.Value
                )
            );
        }
        else
        {
            steps.Add(
                Statement(
                    "comparison",
                    "p ≥ ½",
                    certificate.Lower.Value >= 0.5 ? "holds: the class is certain" : "fails: abstain"
                )
            );
        }
    }

    private static string AnytimeFormula(string share, long draws)
    {
        var bets = FormattableString.Invariant(
            $"largest p that the betting wealth rejects, W(k, n; p) ≥ 1/({1 - AnytimeLowerBound.PlannedShare:0.##}·{share})"
        );
        return draws == AnytimeLowerBound.PlannedDraws
            ? bets
                + FormattableString.Invariant($", or L(k, n, {AnytimeLowerBound.PlannedShare:0.##}·{share}) if larger")
            : bets;
    }

    private static ExplanationStep Result(Certificate certificate, Func<int, string> name) =>
        certificate.Abstained
            ? Statement("result", "", "abstain")
            : Statement(
                "result",
                "",
                FormattableString.Invariant(
                    $"{name(certificate.SelectedClass)} for every change of {Norms.NameOf(certificate.Norm)} norm below {certificate.Radius}"
                )
            );

    private static ExplanationStep Number(string name, string formula, double value) =>
        ExplanationStep.Number(name, formula, value);

    private static ExplanationStep Statement(string name, string formula, string text) =>
        ExplanationStep.Statement(name, formula, text);
}
