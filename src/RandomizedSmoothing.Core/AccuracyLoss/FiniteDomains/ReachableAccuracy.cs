using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// How well the members of a set can fit a truth on the domain, points weighted equally, abstentions counted as wrong.
/// </summary>
/// <param name="ByMistakes">
/// Entry k counts the labellings whose best member makes exactly k mistakes; the sum is Kⁿ.
/// </param>
public sealed record ReachableAccuracy(IReadOnlyList<long> ByMistakes)
{
    /// <summary>The largest Kⁿ for which every truth is tried.</summary>
    public const long LargestDomain = 1L << 28;

    private int Points => ByMistakes.Count - 1;

    /// <summary>The best accuracy on the truth that suffers most.</summary>
    public ExactFraction Worst
    {
        get
        {
            var worst = Points;
            while (ByMistakes[worst] == 0)
            {
                worst--;
            }

            return new ExactFraction(Points - worst, Points);
        }
    }

    /// <summary>The best accuracy, averaged over all truths.</summary>
    public ExactFraction Mean
    {
        get
        {
            BigInteger total = 0;
            BigInteger correct = 0;
            for (var k = 0; k < ByMistakes.Count; k++)
            {
                total += ByMistakes[k];
                correct += (BigInteger)ByMistakes[k] * (Points - k);
            }

            return new ExactFraction(correct, total * Points);
        }
    }

    /// <summary>Solves every truth at once by growing the set one mistake at a time.</summary>
    /// <returns>Null when the set is empty or the domain larger than <see cref="LargestDomain"/>.</returns>
    public static ReachableAccuracy? Of(LabellingSet set, CancellationToken cancellation = default)
    {
        if (set.Size > LargestDomain || set.Count == 0)
        {
            return null;
        }

        var completions = CompletionsByAbstentions(set);
        var covered = new LabellingSet(set.Code);
        set.Words.CopyTo(covered.Words, 0);
        var histogram = new long[set.Code.Points + 1];
        histogram[0] = covered.CompleteCount;
        var reached = histogram[0];
        for (var k = 1; k <= set.Code.Points && reached < set.Size; k++)
        {
            covered = LabellingGrowth.Grow(covered, cancellation);
            foreach (var index in completions[k])
            {
                covered.Add(index);
            }

            var count = covered.CompleteCount;
            histogram[k] = count - reached;
            reached = count;
        }

        return new ReachableAccuracy(histogram);
    }

    /// <summary>The least number of mistakes a member makes on one truth, or null for an empty set.</summary>
    public static int? FewestMistakes(LabellingSet set, ReadOnlySpan<int> truth)
    {
        int? best = null;
        var labelling = new int[set.Code.Points];
        foreach (var index in set.Indices())
        {
            set.Code.FromIndex(index, labelling);
            best = Fewer(best, labelling, truth);
        }

        foreach (var key in set.Partial)
        {
            set.Code.Unpack(key, labelling);
            best = Fewer(best, labelling, truth);
        }

        return best;
    }

    private static int Fewer(int? best, ReadOnlySpan<int> labelling, ReadOnlySpan<int> truth)
    {
        var mistakes = 0;
        for (var x = 0; x < truth.Length; x++)
        {
            mistakes += labelling[x] == truth[x] ? 0 : 1;
        }

        return Math.Min(best ?? int.MaxValue, mistakes);
    }

    /// <summary>A member with k abstentions is as far from a truth as its nearest completion, plus k.</summary>
    private static List<long>[] CompletionsByAbstentions(LabellingSet set)
    {
        var points = set.Code.Points;
        var byCount = new List<long>[points + 1];
        for (var k = 0; k <= points; k++)
        {
            byCount[k] = [];
        }

        var labelling = new int[points];
        foreach (var key in set.Partial)
        {
            set.Code.Unpack(key, labelling);
            var open = Enumerable.Range(0, points).Where(x => labelling[x] == Vote.Abstain).ToArray();
            foreach (var x in open)
            {
                labelling[x] = 0;
            }

            for (var more = true; more; )
            {
                byCount[open.Length].Add(set.Code.Index(labelling));
                more = false;
                foreach (var x in open)
                {
                    labelling[x] = (labelling[x] + 1) % set.Code.Labels;
                    if (labelling[x] != 0)
                    {
                        more = true;
                        break;
                    }
                }
            }
        }

        return byCount;
    }
}
