using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>Smooths the hypotheses of a list one after the other.</summary>
internal static class ListedEnumeration
{
    /// <summary>The largest Kⁿ for which the members are handed out as a set.</summary>
    private const long LargestBitmap = 1L << 26;

    public static FeasibleSetAnswer Run(
        FeasibleSetQuestion question,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
    {
        var (points, labels) = (question.Space.Points, question.Space.Labels);
        var code = new LabellingCode(points, labels);
        var listed = question.Space.Listed!.Value;
        var members = listed.Select(h => code.Key(h.AsSpan())).ToHashSet();
        var image = new HashSet<UInt128>();
        var selected = new HashSet<UInt128>();
        var stable = 0L;
        var fitting = 0L;
        var agreements = 0L;
        for (var i = 0; i < listed.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var labelling = listed[i].AsSpan();
            var output = question.Kernel.Smooth(labelling, labels, question.Ties);
            var own = output.Zip(listed[i]).Count(p => p.First == p.Second);
            var key = code.Key(output);
            var fits = question.Examples.All(e => output[e.Point] == e.Label);
            agreements += own;
            stable += own == points ? 1 : 0;
            fitting += fits ? 1 : 0;
            image.Add(key);
            if (
                question.Reading switch
                {
                    FeasibleReading.Image => true,
                    FeasibleReading.Proper => members.Contains(key),
                    FeasibleReading.Stable => own == points,
                    FeasibleReading.Margin => IsDecisive(question, labelling),
                    _ => fits,
                }
            )
            {
                selected.Add(key);
            }

            progress?.Report((i + 1) / (double)listed.Length);
        }

        return new FeasibleSetAnswer(
            listed.Length,
            image.Count,
            image.Count(members.Contains),
            stable,
            question.Reading == FeasibleReading.VersionSpace ? fitting : selected.Count,
            new ExactFraction(agreements, (BigInteger)listed.Length * points),
            BigInteger.Pow(labels, points) <= LargestBitmap ? AsSet(code, selected) : null
        );
    }

    private static bool IsDecisive(FeasibleSetQuestion question, ReadOnlySpan<int> labelling)
    {
        var votes = new BigInteger[question.Space.Labels];
        foreach (var row in question.Kernel.Rows)
        {
            Array.Clear(votes);
            foreach (var atom in row.Atoms)
            {
                votes[labelling[atom.Point]] += atom.Weight;
            }

            if (new ExactFraction(votes.Max(), row.Total) < ExactFraction.Half + question.Margin)
            {
                return false;
            }
        }

        return true;
    }

    private static LabellingSet AsSet(LabellingCode code, HashSet<UInt128> keys)
    {
        var set = new LabellingSet(code);
        var labelling = new int[code.Points];
        foreach (var key in keys)
        {
            code.Unpack(key, labelling);
            set.Add(labelling);
        }

        return set;
    }
}
