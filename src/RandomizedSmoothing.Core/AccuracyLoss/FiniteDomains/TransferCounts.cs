using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// Exact counts on long lines and circles by walking a window along them instead of enumerating labellings. Fixed
/// hypotheses are counted by a transfer matrix. Smoothed classifiers are counted by the subset construction: the output
/// written so far determines which (start, state) pairs can have produced it, and that relation is the state of a
/// deterministic automaton, so each distinct output is counted once.
/// </summary>
/// <param name="Hypotheses">Kⁿ.</param>
/// <param name="Image">Distinct smoothed classifiers, or null when the automaton grew beyond its limit.</param>
/// <param name="Fixed">Hypotheses that smoothing leaves alone.</param>
/// <param name="Relations">The size the automaton had.</param>
public sealed record TransferCounts(BigInteger Hypotheses, BigInteger? Image, BigInteger Fixed, int Relations)
{
    private const int MaxStates = 256;
    private const int MaxRelationBits = 1 << 14;
    private const long MaxAutomatonBits = 96_000_000;

    /// <summary>Counts for a kernel on a line, or on a circle.</summary>
    /// <param name="kernel">A kernel whose noise moves points by few places.</param>
    /// <param name="labels">K.</param>
    /// <param name="ties">The tie rule.</param>
    /// <param name="circular">Whether point 0 follows the last one.</param>
    /// <param name="cancellation">Stops the count.</param>
    /// <returns>Null when the noise reaches too far: K^(2b) must not exceed 256, and a circle needs 2b+1 points.</returns>
    public static TransferCounts? Of(
        SmoothingKernel kernel,
        int labels,
        TieRule ties,
        bool circular,
        CancellationToken cancellation = default
    )
    {
        var windows = BandedWindows.Of(kernel, labels, ties, circular, MaxStates);
        if (windows is null)
        {
            return null;
        }

        var image = CountImage(windows, out var relations, cancellation);
        return new TransferCounts(
            BigInteger.Pow(labels, kernel.Points),
            image,
            CountFixed(windows, cancellation),
            relations
        );
    }

    private static BigInteger CountFixed(BandedWindows windows, CancellationToken cancellation)
    {
        var total = BigInteger.Zero;
        foreach (var group in Groups(windows))
        {
            cancellation.ThrowIfCancellationRequested();
            var ways = new BigInteger[windows.States];
            foreach (var start in group)
            {
                ways[start] = 1;
            }

            for (var x = 0; x < windows.Points; x++)
            {
                var next = new BigInteger[windows.States];
                for (var state = 0; state < ways.Length; state++)
                {
                    for (var label = 0; label < windows.Entering(x) && !ways[state].IsZero; label++)
                    {
                        if (windows.Output(windows.Rows[x], state, label) == windows.Centre(state, label))
                        {
                            next[windows.Next(state, label)] += ways[state];
                        }
                    }
                }

                ways = next;
            }

            total += windows.Circular ? ways[group[0]] : ways.Aggregate(BigInteger.Zero, (sum, count) => sum + count);
        }

        return total;
    }

    private static BigInteger? CountImage(BandedWindows windows, out int relations, CancellationToken cancellation)
    {
        var groups = Groups(windows);
        relations = 0;
        if (groups.Count * windows.States > MaxRelationBits)
        {
            return null;
        }

        var automaton = new RelationAutomaton(windows, groups.Count);
        var counts = new Dictionary<int, BigInteger> { [automaton.Start(groups)] = 1 };
        for (var x = 0; x < windows.Points; x++)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = new Dictionary<int, BigInteger>();
            foreach (var (relation, count) in counts)
            {
                foreach (var successor in automaton.Successors(relation, windows.Rows[x], windows.Entering(x)))
                {
                    next[successor] = next.GetValueOrDefault(successor) + count;
                }

                if ((long)automaton.Count * groups.Count * windows.States > MaxAutomatonBits)
                {
                    relations = automaton.Count;
                    return null;
                }
            }

            counts = next;
        }

        relations = automaton.Count;
        return counts
            .Where(c => !windows.Circular || automaton.Closes(c.Key, groups))
            .Aggregate(BigInteger.Zero, (sum, c) => sum + c.Value);
    }

    /// <summary>On a circle the walk must end where it started, so starts are told apart; on a line they are not.</summary>
    private static List<int[]> Groups(BandedWindows windows) =>
        windows.Circular
            ? [.. windows.Starts().Select(s => new[] { s })]
            :
            [
                [.. windows.Starts()],
            ];
}
