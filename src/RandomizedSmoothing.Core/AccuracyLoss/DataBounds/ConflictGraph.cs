namespace RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

/// <summary>Two images of different label and the square of their l2 distance in pixel steps.</summary>
public readonly record struct ConflictEdge(int First, int Second, long SquaredDistance);

/// <summary>
/// The pairs of differently labelled images that are too close for both to be handled: Φ⁻¹ of a Gaussian vote is
/// 1/σ-Lipschitz, so both get a vote of P or more only if they are at least 2σΦ⁻¹(P) apart, and both are certified at
/// radius R only if at least 2R. Equal images conflict always.
/// </summary>
public sealed class ConflictGraph
{
    private readonly ConflictEdge[] _edges;

    private ConflictGraph(LabelledImages images, ConflictEdge[] edges, double reach)
    {
        Images = images;
        _edges = edges;
        Reach = reach;
    }

    public LabelledImages Images { get; }

    /// <summary>Pairs at or beyond this distance were not collected.</summary>
    public double Reach { get; }

    /// <summary>All pairs closer than <see cref="Reach"/>, by distance.</summary>
    public ReadOnlySpan<ConflictEdge> Edges => _edges;

    /// <summary>
    /// Collects the conflicts of one set of images. When there would be more than the limit, the reach is lowered to one
    /// of the distances asked for that keeps it; what follows from fewer conflicts is weaker but still true.
    /// </summary>
    /// <param name="images">The images whose accuracy is in question.</param>
    /// <param name="distances">The distances that will be asked for, pixels in [0, 1].</param>
    /// <param name="maxEdges">The most conflicts to keep.</param>
    /// <param name="progress">Receives the finished fraction, from several threads.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static ConflictGraph Build(
        LabelledImages images,
        IEnumerable<double> distances,
        int maxEdges = 20_000_000,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var reaches = distances.Append(0).Distinct().Order().ToArray();
        var limits = Array.ConvertAll(reaches, SquaredLimit);
        var counts = new long[reaches.Length];
        var scan = new OtherLabelScan(images);
        scan.Run(
            limits[^1],
            edges =>
            {
                var local = new long[limits.Length];
                foreach (var edge in edges)
                {
                    local[FirstAbove(limits, edge.SquaredDistance)]++;
                }

                for (var i = 0; i < local.Length; i++)
                {
                    Interlocked.Add(ref counts[i], local[i]);
                }
            },
            new Half(progress, 0),
            cancellation
        );
        var total = 0L;
        var chosen = 0;
        for (var i = 0; i < reaches.Length; i++)
        {
            total += counts[i];
            chosen = total <= maxEdges ? i : chosen;
        }

        var collected = new List<ConflictEdge>();
        var gate = new Lock();
        scan.Run(
            limits[chosen],
            edges =>
            {
                lock (gate)
                {
                    collected.AddRange(edges);
                }
            },
            new Half(progress, 0.5),
            cancellation
        );
        collected.Sort(
            (a, b) => (a.SquaredDistance, a.First, a.Second).CompareTo((b.SquaredDistance, b.First, b.Second))
        );
        return new ConflictGraph(images, [.. collected], reaches[chosen]);
    }

    /// <summary>The number of conflicting pairs at a distance, counted up to <see cref="Reach"/>.</summary>
    public int CountAt(double distance) => FirstAbove(_edges, SquaredLimit(Math.Min(distance, Reach)));

    /// <summary>The limit these conflicts put on accuracy.</summary>
    /// <param name="distance">2σΦ⁻¹(P) or 2R, pixels in [0, 1].</param>
    /// <param name="cancellation">Stops the matching.</param>
    public AccuracyCeiling CeilingAt(double distance, CancellationToken cancellation = default)
    {
        var edges = _edges.AsSpan(0, CountAt(distance));
        var labels = Images.Labels.Span;
        var conflicting = new bool[Images.Count];
        var classes = new HashSet<int>();
        foreach (var edge in edges)
        {
            conflicting[edge.First] = conflicting[edge.Second] = true;
            classes.Add(labels[edge.First]);
            classes.Add(labels[edge.Second]);
        }

        var bipartite = classes.Count <= 2;
        var one = bipartite && classes.Count > 0 ? classes.Min() : -1;
        var matched = MatchingSize(edges, bipartite, one, cancellation);
        return new AccuracyCeiling(
            Images.Count,
            distance,
            edges.Length,
            conflicting.Count(c => c),
            bipartite ? matched : (matched + 1) / 2,
            bipartite,
            distance > Reach
        );
    }

    /// <summary>
    /// With two classes the matching of the graph itself; otherwise of its double cover, which is twice the largest
    /// fractional matching.
    /// </summary>
    private int MatchingSize(ReadOnlySpan<ConflictEdge> edges, bool bipartite, int one, CancellationToken cancellation)
    {
        var labels = Images.Labels.Span;
        var offsets = new int[Images.Count + 1];
        foreach (var edge in edges)
        {
            if (!bipartite || labels[edge.First] == one)
            {
                offsets[edge.First + 1]++;
            }

            if (!bipartite || labels[edge.Second] == one)
            {
                offsets[edge.Second + 1]++;
            }
        }

        for (var i = 0; i < Images.Count; i++)
        {
            offsets[i + 1] += offsets[i];
        }

        var fill = offsets.AsSpan(0, Images.Count).ToArray();
        var targets = new int[offsets[^1]];
        foreach (var edge in edges)
        {
            if (!bipartite || labels[edge.First] == one)
            {
                targets[fill[edge.First]++] = edge.Second;
            }

            if (!bipartite || labels[edge.Second] == one)
            {
                targets[fill[edge.Second]++] = edge.First;
            }
        }

        return new BipartiteMatching(offsets, targets, Images.Count).Size(cancellation);
    }

    /// <summary>The least squared distance in pixel steps that is no conflict; equal images (0) always are one.</summary>
    private static long SquaredLimit(double distance)
    {
        var steps = distance * LabelledImages.Unit;
        return Math.Max(1, (long)Math.Ceiling(steps * steps * (1 - 1e-12)));
    }

    private static int FirstAbove(long[] limits, long squared)
    {
        var i = 0;
        while (squared >= limits[i])
        {
            i++;
        }

        return i;
    }

    private static int FirstAbove(ConflictEdge[] edges, long limit)
    {
        var (low, high) = (0, edges.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = edges[middle].SquaredDistance < limit ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private sealed class Half(IProgress<double>? progress, double from) : IProgress<double>
    {
        public void Report(double value) => progress?.Report(from + (value / 2));
    }
}
