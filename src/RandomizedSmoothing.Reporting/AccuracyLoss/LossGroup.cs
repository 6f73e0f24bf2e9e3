using RandomizedSmoothing.Core.AccuracyLoss;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.AccuracyLoss;

/// <summary>A decomposition and the cell whose smoothed accuracy it explains.</summary>
public sealed record LossStep(LossCell Smoothed, LossDecomposition Parts);

/// <summary>An image that the clean-trained network labels right and the smoothed classifier does not.</summary>
/// <param name="ImageIndex">Index in its split.</param>
/// <param name="Label">Its label.</param>
/// <param name="Before">The answer of the clean-trained network on the clean image: the label.</param>
/// <param name="After">The answer of the smoothed classifier; negative for none.</param>
/// <param name="Rival">The class other than the label that has the most votes.</param>
/// <param name="VoteForLabel">Share of the votes that the label gets.</param>
/// <param name="Sigma">The lowest noise level at which it is lost.</param>
/// <param name="NotEstimated">Whether the plan left it out there, so that there is no answer to know.</param>
public sealed record LostImage(
    int ImageIndex,
    int Label,
    int Before,
    int After,
    int Rival,
    double VoteForLabel,
    double Sigma,
    bool NotEstimated = false
);

/// <summary>One data set, model and noise family over training and test sigmas.</summary>
public sealed record LossGroup
{
    private const int MostLost = 12;
    private const int MostLostPerSigma = 4;

    /// <summary>The data set.</summary>
    public required DatasetReference Dataset { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Noise family of training and smoothing.</summary>
    public required string Noise { get; init; }

    /// <summary>Whether the sweep trained the model, so that training has a cost to tell.</summary>
    public required bool IsTrained { get; init; }

    /// <summary>The cells, those without noise included, by training sigma and then sigma.</summary>
    public required IReadOnlyList<LossCell> Cells { get; init; }

    /// <summary>A₀: the clean-trained network (or the imported one) on clean images; null where the sweep lacks it.</summary>
    public LossCell? Clean => Find(IsTrained ? 0 : null, 0);

    /// <summary>The smoothed cells that are trained with the noise they are smoothed with; of an imported model all.</summary>
    public IEnumerable<LossCell> Matched =>
        Cells.Where(c => c.Sigma > 0 && (c.TrainSigma is null || c.TrainSigma == c.Sigma));

    /// <summary>The smoothed cells of the network that saw no noise.</summary>
    public IEnumerable<LossCell> CleanTrained => Cells.Where(c => c.Sigma > 0 && c.TrainSigma is 0);

    /// <summary>The decompositions A₀ − G = [A₀ − B] + [B − G] of the smoothed cells, where the sweep has what they need.</summary>
    public IReadOnlyList<LossStep> Steps => [.. Cells.Where(c => c.Sigma > 0).Select(Decompose).OfType<LossStep>()];

    /// <summary>The cell at a training sigma (null: imported) and a sigma, or null.</summary>
    public LossCell? Find(double? trainSigma, double sigma) =>
        Cells.FirstOrDefault(c => c.TrainSigma == trainSigma && c.Sigma == sigma);

    /// <summary>
    /// For each class the noise level from which on no image has most of its votes for it, over the cells of one training rule;
    /// null for a class that stays, or that has no image.
    /// </summary>
    public static IReadOnlyList<double?> VanishingSigmas(IEnumerable<LossCell> cells) =>
        VanishingSigmas(cells, c => c.Plurality);

    /// <summary>
    /// The same for answers: a class may have most of the votes and still too few for an answer. Null for all where images are not
    /// estimated, any of which might be such an answer.
    /// </summary>
    public static IReadOnlyList<double?> SilentSigmas(IEnumerable<LossCell> cells)
    {
        var list = cells.ToList();
        var sigmas = VanishingSigmas(list, c => c.Answers);
        return list.Exists(c => c.NotEstimated > 0) ? [.. sigmas.Select(_ => (double?)null)] : sigmas;
    }

    private static IReadOnlyList<double?> VanishingSigmas(
        IEnumerable<LossCell> cells,
        Func<LossCell, ClassDisparity> regions
    )
    {
        var list = cells.ToList();
        var sigmas = ClassDisparity.VanishingSigmas(list.Select(c => (c.Sigma, regions(c))));
        return
        [
            .. sigmas.Select((s, label) => list.TrueForAll(c => c.Plurality.Classes[label].Images == 0) ? null : s),
        ];
    }

    /// <summary>Images that smoothing loses, by the lowest sigma that loses them and then the fewest votes for the label.</summary>
    public IReadOnlyList<LostImage> LostImages()
    {
        if (Clean is not { } clean)
        {
            return [];
        }

        var before = clean.Report.Certificates.Where(c => c.Correct).ToDictionary(c => c.ImageIndex, c => c.Prediction);
        var (lost, shown) = (new HashSet<int>(), new List<LostImage>());
        foreach (var cell in Matched.OrderBy(c => c.Sigma))
        {
            var votes = cell.Report.Votes.Images.ToDictionary(v => v.ImageIndex);
            shown.AddRange(
                cell.Report.Certificates.Where(c =>
                        !c.Correct && before.ContainsKey(c.ImageIndex) && lost.Add(c.ImageIndex)
                    )
                    .Select(c =>
                    {
                        var image = votes[c.ImageIndex];
                        var counts = image.Estimation.Total > 0 ? image.Estimation : image.Selection;
                        return new LostImage(
                            c.ImageIndex,
                            c.Label,
                            before[c.ImageIndex],
                            c.Prediction,
                            counts.RunnerUpTo(c.Label),
                            counts[c.Label] / (double)Math.Max(1, counts.Total),
                            cell.Sigma,
                            c.NotEstimated
                        );
                    })
                    .OrderBy(l => l.VoteForLabel)
                    .Take(MostLostPerSigma)
                    .ToList()
            );
        }

        return [.. shown.Take(MostLost)];
    }

    // Over the images that all three cells have finished, so that the parts are counts of the same images.
    private LossStep? Decompose(LossCell smoothed)
    {
        if (Clean is not { } clean || Find(smoothed.TrainSigma, 0) is not { } trained)
        {
            return null;
        }

        var shared = Indices(clean);
        shared.IntersectWith(Indices(trained));
        shared.IntersectWith(Indices(smoothed));
        int Count(LossCell cell, Func<Core.Certification.Certificate, bool> which) =>
            cell.Report.Certificates.Count(c => shared.Contains(c.ImageIndex) && which(c));
        return shared.Count == 0
            ? null
            : new LossStep(
                smoothed,
                new LossDecomposition(
                    shared.Count,
                    Count(clean, c => c.Correct),
                    Count(trained, c => c.Correct),
                    Count(smoothed, c => c.Correct),
                    Count(smoothed, c => c.Abstained),
                    Count(smoothed, c => c.NotEstimated)
                )
            );
    }

    private static HashSet<int> Indices(LossCell cell) => [.. cell.Report.Certificates.Select(c => c.ImageIndex)];
}
