using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.AccuracyLoss;

/// <summary>A part of the study that a sweep has no cells for, and what to add to its file.</summary>
public sealed record MissingPart(string Part, string Remedy);

/// <summary>
/// How much accuracy smoothing costs in a sweep, and where it is lost: computed from stored votes alone, so that it needs
/// nothing that the sweep's other reports do not. Cells that are not finished count with the images they have.
/// </summary>
public sealed record LossReport
{
    private const string NoGaussian = "It is known for Gaussian noise: add gaussian to noises.";

    private const string NoPixels =
        "The pixels of the images are not at hand here: 'rsmooth loss report DIR' reads them.";

    /// <summary>The sweep's name.</summary>
    public required string Name { get; init; }

    /// <summary>Data set × model × noise family, in the order of the sweep.</summary>
    public required IReadOnlyList<LossGroup> Groups { get; init; }

    /// <summary>What the data alone forbids; empty where no pixels were at hand.</summary>
    public IReadOnlyList<LossCeiling> Ceilings { get; init; } = [];

    /// <summary>What the sweep has no cells for.</summary>
    public required IReadOnlyList<MissingPart> Missing { get; init; }

    /// <summary>Whether images of some cell are not finished, or all of them.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>Studies a sweep.</summary>
    /// <param name="results">Sweep and votes, finished or not.</param>
    /// <param name="pixels">Pixels, for what the data alone forbids; null to leave that out.</param>
    /// <param name="progress">Hears of the comparison of images, which takes longest.</param>
    /// <param name="cancellation">Gives up.</param>
    public static LossReport Of(
        SweepResults results,
        PixelSource? pixels = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default
    ) => Of(results.Sweep, results.Certify(), pixels, NoPixels, progress, cancellation);

    /// <summary>Studies a sweep whose cells are certified already.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="reports">Its cells, in grid order.</param>
    /// <param name="pixels">Pixels, for what the data alone forbids; null to leave that out.</param>
    /// <param name="withoutPixels">What to say in place of it when it is left out.</param>
    /// <param name="progress">Hears of the comparison of images, which takes longest.</param>
    /// <param name="cancellation">Gives up.</param>
    public static LossReport Of(
        SweepDefinition sweep,
        IReadOnlyList<CellReport> reports,
        PixelSource? pixels,
        string withoutPixels = NoPixels,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var cells = reports.Select(report => LossCell.Of(sweep, report)).OfType<LossCell>().ToList();
        var groups = cells
            .GroupBy(c => (Dataset: c.Report.Dataset.Name, c.Report.Model))
            .SelectMany(g => Families(sweep, [.. g]))
            .ToList();
        var ceilings = LossCeiling.Of(groups, pixels, progress, cancellation);
        return new LossReport
        {
            Name = sweep.Name,
            Groups = groups,
            IsProvisional = reports.Any(r => r.IsProvisional),
            Ceilings = ceilings,
            Missing = [.. MissingParts(groups, pixels is null ? withoutPixels : NoGaussian, ceilings).Distinct()],
        };
    }

    // A network that saw no noise is one for all families: its cell without noise joins each.
    private static IEnumerable<LossGroup> Families(SweepDefinition sweep, List<LossCell> cells)
    {
        var shared = cells.Where(c => c.Sigma == 0 && c.TrainSigma is null or 0).ToList();
        foreach (var noise in cells.Select(c => c.Report.Cell.Noise).Distinct())
        {
            var first = cells[0].Report;
            yield return new LossGroup
            {
                Dataset = first.Dataset,
                Model = first.Model,
                Noise = noise,
                IsTrained = sweep.ModelOf(first.Cell).Training is not null,
                Cells =
                [
                    .. cells
                        .Where(c => c.Report.Cell.Noise == noise)
                        .Union(shared)
                        .OrderBy(c => c.TrainSigma)
                        .ThenBy(c => c.Sigma),
                ],
            };
        }
    }

    private static IEnumerable<MissingPart> MissingParts(
        List<LossGroup> groups,
        string withoutCeilings,
        IReadOnlyList<LossCeiling> ceilings
    )
    {
        if (groups.Count == 0)
        {
            yield return new MissingPart("everything", "No image is finished yet: let the sweep run on.");
        }

        foreach (var group in groups)
        {
            var name = group.Model;
            if (group.Clean is null)
            {
                yield return new MissingPart(
                    "decomposition",
                    group.IsTrained
                        ? $"The clean-trained network on clean images (A0) is not in the sweep: add 0 to models.{name}.train.sigmas and to sigmas."
                        : $"The network on clean images (A0) is not in the sweep: add 0 to sigmas."
                );
            }
            else if (group.Steps.All(s => s.Smoothed.TrainSigma is 0) && group.IsTrained)
            {
                yield return new MissingPart(
                    "training cost",
                    $"Networks trained with noise, on clean images (B), are not in the sweep: make models.{name}.train.sigmas a list that holds 0 and the other sigmas."
                );
            }

            if (group.IsTrained && !group.CleanTrained.Any())
            {
                yield return new MissingPart(
                    "train × test grid",
                    $"The clean-trained network under noise is not in the sweep: add 0 to models.{name}.train.sigmas."
                );
            }
        }

        if (groups.Exists(g => g.Cells.Any(c => c.NotEstimated > 0)))
        {
            yield return new MissingPart(
                "wrong answers and abstentions",
                "Images whose selected class is not the label are not estimated (certify.images: correct), so that nothing tells how many of them are answered wrong: set certify.images to all."
            );
        }

        if (groups.Count > 0 && !groups.Exists(g => g.Noise.StartsWith("matched-", StringComparison.Ordinal)))
        {
            yield return new MissingPart(
                "noise families",
                "Only comparable with families of the same median norm: add matched-uniform or matched-laplace to noises."
            );
        }

        if (groups.Count > 0 && groups.TrueForAll(g => g.Cells.All(c => c.ByDraws.Count == 0)))
        {
            yield return new MissingPart(
                "dependence on n",
                "It is computed where every image has n draws: set certify.mode to fixed and certify.images to all."
            );
        }

        if (groups.Count > 0 && ceilings.Count == 0)
        {
            yield return new MissingPart("data-only ceiling", withoutCeilings);
        }
    }
}
