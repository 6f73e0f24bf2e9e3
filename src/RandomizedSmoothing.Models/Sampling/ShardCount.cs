using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>
/// Goes through the images of a shard in order, filling batches with the draws that the stopping rule asks for: an image whose
/// remaining draws leave rows free shares the batch with the next ones. What an image's votes are does not depend on that.
/// </summary>
internal sealed class ShardCount(
    IEnumerator<ImageCount> images,
    IVoteSink sink,
    TimeProvider time,
    CancellationToken cancellation
)
{
    private static readonly TimeSpan RunningInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FinishedInterval = TimeSpan.FromSeconds(0.25);

    private readonly List<ImageCount> _active = [];
    private readonly List<BatchSegment> _segments = [];
    private readonly List<VoteSnapshot> _news = [];
    private long _lastReport = time.GetTimestamp();
    private bool _exhausted;

    /// <summary>Counts until every image is finished.</summary>
    /// <param name="rows">Rows of a batch; asked before each, since a device short of memory may halve them.</param>
    /// <param name="count">Counts the votes of the segments: segments × classes; null to be asked again with fewer rows.</param>
    /// <exception cref="OperationCanceledException">Cancelled; what was counted has been reported.</exception>
    public void Run(Func<int> rows, Func<IReadOnlyList<BatchSegment>, long[]?> count)
    {
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var used = Fill(rows());
                if (used == 0)
                {
                    return;
                }

                var start = time.GetTimestamp();
                if (count(_segments) is not { } votes)
                {
                    continue;
                }

                var perDraw = time.GetElapsedTime(start).TotalSeconds / used;
                var classes = votes.Length / _segments.Count;
                for (var i = 0; i < _segments.Count; i++)
                {
                    var (image, draws) = _segments[i];
                    image.Add(votes.AsSpan(i * classes, classes), draws, draws * perDraw);
                }

                ReportWhenDue();
            }
        }
        finally
        {
            Report(everything: true);
        }
    }

    private int Fill(int rows)
    {
        _segments.Clear();
        var free = rows;
        foreach (var image in _active)
        {
            free -= Take(image, free);
            if (free == 0)
            {
                return rows;
            }
        }

        while (free > 0 && !_exhausted)
        {
            if (!images.MoveNext())
            {
                _exhausted = true;
                break;
            }

            var image = images.Current;
            if (image.Target is not null)
            {
                _active.Add(image);
                free -= Take(image, free);
            }
        }

        return rows - free;
    }

    private int Take(ImageCount image, int free)
    {
        if (image.Target is not { } target)
        {
            return 0;
        }

        var draws = (int)Math.Min(free, target.Draws - image.Drawn);
        _segments.Add(new BatchSegment(image, draws));
        return draws;
    }

    private void ReportWhenDue()
    {
        var since = time.GetElapsedTime(_lastReport);
        if (since >= RunningInterval)
        {
            Report(everything: true);
        }
        else if (since >= FinishedInterval && _active.Exists(image => image.Target is null))
        {
            Report(everything: false);
        }
    }

    private void Report(bool everything)
    {
        _news.Clear();
        foreach (var image in _active)
        {
            if (everything || image.Target is null)
            {
                image.TakeNews(_news);
            }
        }

        _active.RemoveAll(image => image.Target is null);
        _lastReport = time.GetTimestamp();
        if (_news.Count > 0)
        {
            sink.Report([.. _news]);
        }
    }
}
