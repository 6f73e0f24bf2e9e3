using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

/// <summary>
/// The hypotheses H one may choose from before smoothing: all Kⁿ labellings, or a list of distinct ones.
/// </summary>
public sealed class HypothesisSpace
{
    private HypothesisSpace(string name, int points, int labels, ImmutableArray<ImmutableArray<int>>? listed)
    {
        Name = name;
        Points = points;
        Labels = labels;
        Listed = listed;
    }

    public string Name { get; }

    public int Points { get; }

    public int Labels { get; }

    /// <summary>The distinct hypotheses, or null when every labelling is one.</summary>
    public ImmutableArray<ImmutableArray<int>>? Listed { get; }

    /// <summary>|H|.</summary>
    public BigInteger Count => Listed is { } listed ? listed.Length : BigInteger.Pow(Labels, Points);

    /// <summary>Every labelling of the points.</summary>
    public static HypothesisSpace All(int points, int labels)
    {
        if (points < 1 || labels < 2)
        {
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{points} points and {labels} labels were asked for, but at least 1 point and 2 labels are needed."
                )
            );
        }

        return new HypothesisSpace("all", points, labels, null);
    }

    /// <summary>The distinct ones of the given labellings.</summary>
    /// <exception cref="UserErrorException">A labelling has another length or a label outside [0, labels).</exception>
    public static HypothesisSpace Of(string name, int points, int labels, IEnumerable<IReadOnlyList<int>> hypotheses)
    {
        var code = new LabellingCode(points, labels);
        var seen = new HashSet<UInt128>();
        var listed = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        foreach (var hypothesis in hypotheses)
        {
            if (hypothesis.Count != points || hypothesis.Any(y => y < 0 || y >= labels))
            {
                throw new UserErrorException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Hypothesis '{string.Join(' ', hypothesis)}' of {name} does not fit: each needs {points} labels between 0 and {labels - 1}."
                    )
                );
            }

            var copy = hypothesis.ToImmutableArray();
            if (seen.Add(code.Key(copy.AsSpan())))
            {
                listed.Add(copy);
            }
        }

        return listed.Count > 0
            ? new HypothesisSpace(name, points, labels, listed.ToImmutable())
            : throw new UserErrorException($"{name} lists no hypothesis. Give at least one labelling.");
    }

    /// <summary>Label 1 on a run of consecutive points of a path (or none), 0 elsewhere.</summary>
    public static HypothesisSpace Intervals(int points) =>
        Of("intervals", points, 2, Runs(points, (start, length) => start + length <= points));

    /// <summary>Label 1 on a run of consecutive points of a cycle (or none, or all), 0 elsewhere.</summary>
    public static HypothesisSpace Arcs(int points) => Of("arcs", points, 2, Runs(points, (_, _) => true));

    /// <summary>Label 1 from some point of a path on, or up to it.</summary>
    public static HypothesisSpace Thresholds(int points) =>
        Of(
            "thresholds",
            points,
            2,
            Enumerable
                .Range(0, points + 1)
                .SelectMany(cut =>
                    new[]
                    {
                        Enumerable.Range(0, points).Select(x => x >= cut ? 1 : 0).ToArray(),
                        Enumerable.Range(0, points).Select(x => x < cut ? 1 : 0).ToArray(),
                    }
                )
        );

    /// <summary>Linear threshold functions of 1 to 4 bits: 4, 14, 104 and 1882 of them.</summary>
    public static HypothesisSpace Halfspaces(int bits)
    {
        if (bits is < 1 or > 4)
        {
            throw new UserErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Half-spaces of a hypercube are listed for 1 to 4 bits, not for {bits}."
                )
            );
        }

        // Every linear threshold function of at most four bits has integer weights of size at most three (Muroga 1971).
        var weights = Enumerable.Range(-3, 7).ToArray();
        var combinations = Enumerable
            .Range(0, (int)Math.Pow(weights.Length, bits))
            .Select(code => Enumerable.Range(0, bits).Select(b => weights[code / (int)Math.Pow(7, b) % 7]).ToArray());
        return Of(
            "halfspaces",
            1 << bits,
            2,
            combinations.SelectMany(w =>
                Enumerable
                    .Range(-(3 * bits), (6 * bits) + 2)
                    .Select(threshold =>
                        Enumerable
                            .Range(0, 1 << bits)
                            .Select(x => Enumerable.Range(0, bits).Sum(b => ((x >> b) & 1) * w[b]) >= threshold ? 1 : 0)
                            .ToArray()
                    )
            )
        );
    }

    private static IEnumerable<int[]> Runs(int points, Func<int, int, bool> allowed)
    {
        for (var length = 0; length <= points; length++)
        {
            for (var start = 0; start < points; start++)
            {
                if (allowed(start, length))
                {
                    yield return
                    [
                        .. Enumerable.Range(0, points).Select(x => (x - start + points) % points < length ? 1 : 0),
                    ];
                }
            }
        }
    }
}
