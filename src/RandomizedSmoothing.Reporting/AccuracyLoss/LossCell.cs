using RandomizedSmoothing.Core.AccuracyLoss;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Reporting.AccuracyLoss;

/// <summary>One cell of a sweep as the study of accuracy loss sees it, over its finished images.</summary>
public sealed record LossCell
{
    private static readonly long[] Sizes = [100, 1000, 10_000, 100_000, 1_000_000];

    /// <summary>The cell with its certificates.</summary>
    public required CellReport Report { get; init; }

    /// <summary>
    /// Images of each class that are answered, by the certificates: abstentions are no answer. Regions are too small where images
    /// are not estimated, as these would be answers for other classes than their label.
    /// </summary>
    public required ClassDisparity Answers { get; init; }

    /// <summary>The same by the most votes alone, which is what certificates tend to as n grows.</summary>
    public required ClassDisparity Plurality { get; init; }

    /// <summary>
    /// What the accuracy a of single noisy passes allows; null where images have different numbers of votes, so that a is no
    /// share of equal draws.
    /// </summary>
    public VoteSandwich? Sandwich { get; init; }

    /// <summary>Expected outcomes with fewer draws; empty where votes are complete or stop early.</summary>
    public IReadOnlyList<OutcomeAtDraws> ByDraws { get; init; } = [];

    /// <summary>Standard deviation of the training noise; null for an imported model.</summary>
    public double? TrainSigma => Report.Cell.TrainSigma;

    /// <summary>Noise level; 0 for the base classifier itself.</summary>
    public double Sigma => Report.Cell.Sigma;

    /// <summary>Finished images.</summary>
    public int Images => Report.Certificates.Count;

    /// <summary>Images that are answered right: G_σ, and at sigma 0 the unsmoothed accuracy.</summary>
    public int Correct => Report.Certificates.Count(c => c.Correct);

    /// <summary>Images without an answer.</summary>
    public int Abstained => Report.Certificates.Count(c => c.Abstained);

    /// <summary>Images that the plan left out: answered wrong or not at all.</summary>
    public int NotEstimated => Report.Certificates.Count(c => c.NotEstimated);

    /// <summary>Images whose label has the most votes.</summary>
    public int PluralityCorrect => Plurality.Classes.Sum(c => c.Correct);

    /// <summary>Correct / images.</summary>
    public double Accuracy => Correct / (double)Images;

    /// <summary>Whether the plurality accuracy lies in the sandwich; null where there is none.</summary>
    public bool? SandwichHolds => Sandwich?.Allows(PluralityCorrect);

    /// <summary>Classes that have images and in none of them, nor elsewhere, most of the votes.</summary>
    public IReadOnlyList<int> Vanished() => [.. Plurality.Vanished.Where(label => Plurality.Classes[label].Images > 0)];

    /// <summary>The share of images whose label has at least this share of the votes.</summary>
    public double ShareWithVote(double vote) =>
        Votes(Report).Count(v => v.Counts[v.Label] >= vote * v.Counts.Total) / (double)Images;

    /// <summary>Studies a cell; null where no image is finished.</summary>
    public static LossCell? Of(SweepDefinition sweep, CellReport report)
    {
        if (report.Certificates.Count == 0)
        {
            return null;
        }

        var classes = report.Dataset.Classes;
        var votes = Votes(report);
        var draws = votes[0].Counts.Total;
        return new LossCell
        {
            Report = report,
            Answers = ClassDisparity.Of(classes, report.Certificates.Select(c => (c.Label, c.Prediction))),
            Plurality = ClassDisparity.Of(classes, votes.Select(v => (v.Label, v.Counts.TopClass))),
            Sandwich =
                classes < 2 || votes.Any(v => v.Counts.Total != draws)
                    ? null
                    : new VoteSandwich(votes.Count, classes, draws, votes.Sum(v => v.Counts[v.Label])),
            ByDraws = Dependence(sweep, report),
        };
    }

    // The votes that bound the probability; those that selected the class where not every image has the others.
    private static List<(int Label, VoteCounts Counts)> Votes(CellReport report)
    {
        var finished = Finished(report);
        return finished.TrueForAll(v => v.Estimation.Total > 0)
            ? [.. finished.Select(v => (v.Label, v.Estimation))]
            : [.. finished.Select(v => (v.Label, v.Selection))];
    }

    private static List<ImageVotes> Finished(CellReport report)
    {
        var finished = report.Certificates.Select(c => c.ImageIndex).ToHashSet();
        return [.. report.Votes.Images.Where(v => finished.Contains(v.ImageIndex))];
    }

    private static IReadOnlyList<OutcomeAtDraws> Dependence(SweepDefinition sweep, CellReport report)
    {
        var plan = report.Plan;
        var votes = Finished(report);
        if (!report.IsSmoothed || votes.Exists(v => v.Selection.Total == 0 || v.Estimation.Total != plan.N))
        {
            return [];
        }

        return DrawDependence.Of(
            votes,
            Sizes.Append(plan.N),
            n =>
                DrawDependence.LeastVotes(
                    plan,
                    n,
                    (other, counts) => CellReport.CertifierOf(sweep, report.Votes, other).CertifyClass(0, counts)
                )
        );
    }
}
