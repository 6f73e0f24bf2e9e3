using System.Globalization;
using System.Text;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.AccuracyLoss.Page;

/// <summary>Where the accuracy goes: the parts piled up per sigma, and the counts they come from.</summary>
internal static class DecompositionSection
{
    public static void Write(StringBuilder page, LossReport report)
    {
        var rest = report.Groups.SelectMany(g => g.Steps).All(s => s.Parts.IsSplit)
            ? "wrong answers beyond those, and abstentions"
            : "what smoothing costs, told apart into wrong answers and abstentions where every image is estimated";
        LossPage.Panels(
            page,
            report,
            "Where the accuracy goes",
            LossFigures.Decomposition,
            "Points of accuracy between the clean-trained network on clean images and the smoothed classifier. What training "
                + $"with noise costs is seen without smoothing; the rest is {rest}. A part below "
                + "zero is a gain. The parts are counts of the same images and add up exactly."
        );
        foreach (var group in report.Groups.Where(g => g.Steps.Count > 0))
        {
            var isSplit = group.Steps.All(s => s.Parts.IsSplit);
            LossPage.Fold(page, report, group, "The same in images");
            LossPage.Table(
                page,
                [
                    "trained at σ",
                    "σ",
                    "clean A₀",
                    "noise-trained B",
                    "smoothed G",
                    "A₀ − G",
                    "training",
                    .. isSplit ? new[] { "wrong", "abstained" } : ["smoothing", "not estimated"],
                ],
                2,
                group.Steps.Select(s => Row(s, isSplit))
            );
            page.Append("</details>\n");
        }
    }

    private static IReadOnlyList<string> Row(LossStep step, bool isSplit)
    {
        var parts = step.Parts;
        var (first, second) = isSplit
            ? (parts.WrongImages, parts.AbstainedImages)
            : (parts.SmoothingImages, parts.SmoothedNotEstimated);
        return
        [
            step.Smoothed.TrainSigma is { } train ? TableLayout.Number(train) : "imported",
            TableLayout.Number(step.Smoothed.Sigma),
            HtmlText.Count(parts.CleanCorrect),
            HtmlText.Count(parts.NoiseTrainedCorrect),
            HtmlText.Count(parts.SmoothedCorrect),
            .. new[] { parts.TotalImages, parts.TrainingImages, first, second }.Select(count =>
                string.Create(CultureInfo.InvariantCulture, $"{count:N0}").Replace('-', '−')
            ),
        ];
    }
}
