namespace RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

/// <summary>Walks over all pairs of differently labelled images of one set, tile by tile, on all cores.</summary>
internal sealed class OtherLabelScan(LabelledImages images)
{
    private readonly long[] _norms = NearestOtherLabel.SquaredNorms(images);

    /// <summary>Hands out the pairs (First &lt; Second) whose squared distance is below the limit, in batches per tile.</summary>
    public void Run(
        long limit,
        Action<List<ConflictEdge>> accept,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
    {
        var tiles = (images.Count + DotTile.Side - 1) / DotTile.Side;
        var done = 0;
        Parallel.For(
            0,
            tiles,
            new ParallelOptions { CancellationToken = cancellation },
            () => (Dots: new DotTile(), Found: new List<ConflictEdge>()),
            (tile, _, local) =>
            {
                for (var other = tile; other < tiles; other++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Tile(tile * DotTile.Side, other * DotTile.Side, limit, local.Dots, local.Found);
                    if (local.Found.Count > 0)
                    {
                        accept(local.Found);
                        local.Found.Clear();
                    }
                }

                progress?.Report(Interlocked.Increment(ref done) / (double)tiles);
                return local;
            },
            _ => { }
        );
    }

    private void Tile(int left, int right, long limit, DotTile dots, List<ConflictEdge> found)
    {
        var leftCount = Math.Min(DotTile.Side, images.Count - left);
        var rightCount = Math.Min(DotTile.Side, images.Count - right);
        var labels = images.Labels.Span;
        dots.Compute(images, left, leftCount, images, right, rightCount);
        for (var i = 0; i < leftCount; i++)
        {
            var first = left + i;
            for (var j = left == right ? i + 1 : 0; j < rightCount; j++)
            {
                var second = right + j;
                var squared = _norms[first] + _norms[second] - (2 * dots.Products[(i * DotTile.Side) + j]);
                if (squared < limit && labels[first] != labels[second])
                {
                    found.Add(new ConflictEdge(first, second, squared));
                }
            }
        }
    }
}
