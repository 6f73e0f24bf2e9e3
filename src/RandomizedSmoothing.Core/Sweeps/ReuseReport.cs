using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>Why votes of a cell have still to be drawn.</summary>
public enum ReuseObstacle
{
    /// <summary>No sweep has had such a cell.</summary>
    NewCell,

    /// <summary>The pixels or labels of the data set differ.</summary>
    DataChanged,

    /// <summary>The base classifier's file, normalisation or training differs.</summary>
    ModelChanged,

    /// <summary>The seed differs, so the noise does.</summary>
    SeedChanged,

    /// <summary>The noise is made in another way.</summary>
    SamplerChanged,

    /// <summary>The forward pass runs in another precision.</summary>
    PrecisionChanged,

    /// <summary>The batch has another shape.</summary>
    BatchChanged,

    /// <summary>The data set's selection has images that were not drawn.</summary>
    MoreImages,

    /// <summary>The plan wants more draws of images that were drawn: they are topped up.</summary>
    MoreDraws,

    /// <summary>The plan wants fewer draws than another has: its own are drawn.</summary>
    FewerDraws,

    /// <summary>The work was begun and not ended.</summary>
    Unfinished,
}

/// <summary>What one cell takes over from the ledger, and why the rest has to be drawn.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Images">Images of the selection.</param>
/// <param name="ImagesDone">Images that need no further draw.</param>
/// <param name="ImagesBegun">Images with votes that need more.</param>
/// <param name="DrawsReused">Draws of the plan that are there already.</param>
/// <param name="DrawsMissing">Draws that the plan needs at most beyond those.</param>
/// <param name="Obstacles">Why not everything is there; empty when it is.</param>
public sealed record CellReuse(
    CellId Cell,
    int Images,
    int ImagesDone,
    int ImagesBegun,
    long DrawsReused,
    long DrawsMissing,
    IReadOnlyList<ReuseObstacle> Obstacles
)
{
    /// <summary>One line for people: what is reused and why the rest is not.</summary>
    public string Describe()
    {
        if (ImagesDone == Images)
        {
            return "complete: nothing to draw";
        }

        var why = string.Join(", ", Obstacles.Select(Say));
        if (ImagesDone == 0 && ImagesBegun == 0)
        {
            return $"all to draw: {why}";
        }

        var begun = ImagesBegun > 0 ? $", {ImagesBegun} topped up" : "";
        return $"{ImagesDone} of {Images} images reused{begun}; the rest to draw: {why}";
    }

    private static string Say(ReuseObstacle obstacle) =>
        obstacle switch
        {
            ReuseObstacle.NewCell => "new cell",
            ReuseObstacle.DataChanged => "the data changed",
            ReuseObstacle.ModelChanged => "the model changed",
            ReuseObstacle.SeedChanged => "the seed changed",
            ReuseObstacle.SamplerChanged => "the sampler changed",
            ReuseObstacle.PrecisionChanged => "the precision changed",
            ReuseObstacle.BatchChanged => "the batch size changed",
            ReuseObstacle.MoreImages => "more images are selected",
            ReuseObstacle.MoreDraws => "the plan wants more draws",
            ReuseObstacle.FewerDraws => "the plan wants fewer draws than are there, and draws its own",
            _ => "not finished yet",
        };
}

/// <summary>
/// What a sweep would take over from the ledger, cell by cell. Votes are found by their vote key, so they are reused across
/// sweeps; the previous definition only serves to say why something is not.
/// </summary>
/// <param name="Cells">The cells of the new sweep, in grid order.</param>
/// <param name="Dropped">Cells of the previous one that the new one has not.</param>
public sealed record ReuseReport(IReadOnlyList<CellReuse> Cells, IReadOnlyList<CellId> Dropped)
{
    /// <summary>Compares a sweep with what is recorded.</summary>
    /// <param name="next">The sweep to run.</param>
    /// <param name="previous">What ran under the same name before; null for nothing.</param>
    /// <param name="recorded">The votes recorded under a cell's vote key, for the images of its selection; null for none.</param>
    /// <param name="rule">The stopping rule of a cell.</param>
    public static ReuseReport Compare(
        SweepDefinition next,
        SweepDefinition? previous,
        Func<CellDefinition, CellVotes?> recorded,
        Func<CellDefinition, IStoppingRule> rule
    )
    {
        var cells = next.Cells.Select(cell => Compare(next, previous, cell, recorded(cell), rule(cell))).ToList();
        var kept = next.Cells.Select(c => c.Id).ToHashSet();
        var dropped = previous?.Cells.Select(c => c.Id).Where(id => !kept.Contains(id)).ToList() ?? [];
        return new ReuseReport(cells, dropped);
    }

    private static CellReuse Compare(
        SweepDefinition next,
        SweepDefinition? previous,
        CellDefinition cell,
        CellVotes? votes,
        IStoppingRule rule
    )
    {
        var images = next.DatasetOf(cell).Count;
        var (done, begun, untouched) = (0, 0, images);
        var perImage = CellStoppingRule.DrawsPerImage(next, cell);
        long reused = 0;
        long missing = 0;
        if (votes is not null)
        {
            untouched = 0;
            foreach (var image in votes.Images)
            {
                var finished = rule.NextTarget(image.Label, image.Selection, image.Estimation) is null;
                var (drawn, left) = Count(perImage, image, finished);
                reused += drawn;
                missing += left;
                done += finished ? 1 : 0;
                begun += !finished && drawn > 0 ? 1 : 0;
                untouched += !finished && drawn == 0 ? 1 : 0;
            }
        }
        else
        {
            missing = images * (perImage.Selection + perImage.Estimation);
        }

        var obstacles = done == images ? [] : Obstacles(next, previous, cell, begun, untouched);
        return new CellReuse(cell.Id, images, done, begun, reused, missing, obstacles);
    }

    private static (long Drawn, long Left) Count(
        (long Selection, long Estimation) perImage,
        ImageVotes image,
        bool finished
    )
    {
        var drawn =
            Math.Min(image.Selection.Total, perImage.Selection) + Math.Min(image.Estimation.Total, perImage.Estimation);
        return (drawn, finished ? 0 : perImage.Selection + perImage.Estimation - drawn);
    }

    private static List<ReuseObstacle> Obstacles(
        SweepDefinition next,
        SweepDefinition? previous,
        CellDefinition cell,
        int begun,
        int untouched
    )
    {
        var before = previous?.FindCell(cell.Id);
        if (before is null)
        {
            return begun > 0 ? [ReuseObstacle.Unfinished] : [ReuseObstacle.NewCell];
        }

        if (before.VoteKey != cell.VoteKey)
        {
            return Changes(next, previous!, cell, before);
        }

        var obstacles = new List<ReuseObstacle>();
        if (begun > 0 && (next.Plan.N > previous!.Plan.N || next.Plan.N0 > previous.Plan.N0))
        {
            obstacles.Add(ReuseObstacle.MoreDraws);
        }

        if (untouched + begun > 0 && (next.Plan.N < previous!.Plan.N || next.Plan.N0 < previous.Plan.N0))
        {
            obstacles.Add(ReuseObstacle.FewerDraws);
        }

        if (untouched > 0 && Extends(next.DatasetOf(cell), previous!.DatasetOf(before)))
        {
            obstacles.Add(ReuseObstacle.MoreImages);
        }

        return obstacles.Count > 0 ? obstacles : [ReuseObstacle.Unfinished];
    }

    private static bool Extends(DatasetReference next, DatasetReference previous) =>
        next.Count > previous.Count || next.Step % previous.Step != 0;

    private static List<ReuseObstacle> Changes(
        SweepDefinition next,
        SweepDefinition previous,
        CellDefinition cell,
        CellDefinition before
    )
    {
        (bool Changed, ReuseObstacle Obstacle)[] checks =
        [
            (cell.Dataset != before.Dataset, ReuseObstacle.DataChanged),
            (cell.Model != before.Model, ReuseObstacle.ModelChanged),
            (next.Seed != previous.Seed, ReuseObstacle.SeedChanged),
            (next.Sampler != previous.Sampler, ReuseObstacle.SamplerChanged),
            (next.Execution.Precision != previous.Execution.Precision, ReuseObstacle.PrecisionChanged),
            (cell.BatchRows != before.BatchRows, ReuseObstacle.BatchChanged),
        ];
        var changes = checks.Where(c => c.Changed).Select(c => c.Obstacle).ToList();
        return changes.Count > 0 ? changes : [ReuseObstacle.NewCell];
    }
}
