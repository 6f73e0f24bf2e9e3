using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>Cuts the unfinished images of a cell into shards, one at a time, so that the largest data set costs no memory.</summary>
public static class ShardPlanner
{
    /// <summary>
    /// Shards that cover exactly the unfinished ordinals: none twice, none that is finished. A gap ends a shard.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="unfinished">Ordinals that still need draws, strictly ascending; read once, lazily.</param>
    /// <param name="images">Images in a shard, at least 1.</param>
    /// <exception cref="ArgumentException">The ordinals do not ascend.</exception>
    public static IEnumerable<SampleShard> Plan(SweepId sweep, CellId cell, IEnumerable<int> unfinished, int images)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        return Cut(sweep, cell, unfinished, images);
    }

    /// <summary>The ordinals of a cell's images that its stopping rule still wants draws for, ascending.</summary>
    public static IEnumerable<int> Unfinished(CellVotes votes, IStoppingRule rule)
    {
        for (var ordinal = 0; ordinal < votes.Images.Count; ordinal++)
        {
            var image = votes.Images[ordinal];
            if (rule.NextTarget(image.Label, image.Selection, image.Estimation) is not null)
            {
                yield return ordinal;
            }
        }
    }

    private static IEnumerable<SampleShard> Cut(SweepId sweep, CellId cell, IEnumerable<int> unfinished, int images)
    {
        var (first, count) = (0, 0);
        foreach (var ordinal in unfinished)
        {
            if (count > 0 && ordinal < first + count)
            {
                throw new ArgumentException($"Ordinal {ordinal} does not ascend.", nameof(unfinished));
            }

            if (count == images || ordinal != first + count)
            {
                if (count > 0)
                {
                    yield return new SampleShard(sweep, cell, first, count);
                }

                (first, count) = (ordinal, 0);
            }

            count++;
        }

        if (count > 0)
        {
            yield return new SampleShard(sweep, cell, first, count);
        }
    }
}
