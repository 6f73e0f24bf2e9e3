using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>A fact in which runs differ.</summary>
/// <param name="Name">The fact.</param>
/// <param name="Values">One value per run, <c>?</c> where unknown.</param>
public sealed record FactDifference(string Name, IReadOnlyList<string> Values);

/// <summary>How a run differs from the first one at a radius, on the images that both have.</summary>
/// <param name="Radius">Radius.</param>
/// <param name="First">Certified accuracy of the first run on the shared images.</param>
/// <param name="Other">Certified accuracy of the other on the same images.</param>
/// <param name="OnlyFirst">Images that only the first certifies.</param>
/// <param name="OnlyOther">Images that only the other certifies.</param>
/// <param name="PValue">
/// Exact two-sided sign test of the images where they disagree (McNemar): how likely such a difference is between equals.
/// </param>
public sealed record RadiusDelta(double Radius, double First, double Other, int OnlyFirst, int OnlyOther, double PValue)
{
    /// <summary>Other less first.</summary>
    public double Difference => Other - First;
}

/// <summary>One run against the first.</summary>
/// <param name="Name">Name of the run.</param>
/// <param name="SharedImages">Images that both certified.</param>
/// <param name="OtherLabels">Images of the same index that have another label, and so are not the same.</param>
/// <param name="Deltas">By radius.</param>
/// <param name="RadiusDifference">
/// Average certified radius on the shared images, other less first; NaN where one of the two has no radii.
/// </param>
public sealed record RunDelta(
    string Name,
    int SharedImages,
    int OtherLabels,
    IReadOnlyList<RadiusDelta> Deltas,
    double RadiusDifference
);

/// <summary>
/// Runs side by side: how their specifications differ, then their certified accuracy, then each against the first, image by
/// image. Differences on shared images are far sharper than those of two independent means.
/// </summary>
public sealed record RunComparison
{
    // Of one data set, some copies have a few labels mended.
    private const double MostMislabelled = 0.02;

    /// <summary>Short names of the runs: <c>A</c>, <c>B</c>, … and what they are.</summary>
    public required IReadOnlyList<(string Name, string Source)> Runs { get; init; }

    /// <summary>Facts in which they differ, in a fixed order.</summary>
    public required IReadOnlyList<FactDifference> Differences { get; init; }

    /// <summary>Facts that they share.</summary>
    public required IReadOnlyList<(string Name, string Value)> Shared { get; init; }

    /// <summary>Certified accuracy of each run on its own images.</summary>
    public required AccuracyTable Table { get; init; }

    /// <summary>Each run but the first against it.</summary>
    public required IReadOnlyList<RunDelta> Deltas { get; init; }

    /// <summary>All curves of one norm in one panel.</summary>
    public required CurveFigure Figure { get; init; }

    /// <summary>What they have in common, in a few words: data set, noise and sigma, as far as these are shared.</summary>
    public string Subject =>
        string.Join(
            ", ",
            Shared
                .Where(s => s.Name is "data set" or "noise" or "σ")
                .Select(s => s.Name == "σ" ? "σ = " + s.Value : s.Value)
        );

    /// <summary>Compares runs.</summary>
    /// <param name="runs">At least two.</param>
    /// <param name="radii">Radii of the tables; empty for about six round ones.</param>
    public static RunComparison Of(IReadOnlyList<CertifiedRun> runs, IReadOnlyList<double> radii)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(runs.Count, 2);
        var columns =
            radii.Count > 0 ? radii : ReportRadii.Round(runs.Select(r => r.Series("", 0).LargestRadius).Max());
        var names = runs.Select((_, at) => Letter(at)).ToList();
        var facts = runs.Select(r => r.Facts.List()).ToList();
        var byName = facts[0]
            .Select((fact, at) => (fact.Name, Values: facts.Select(f => f[at].Value).ToList()))
            .ToList();
        return new RunComparison
        {
            Runs = [.. runs.Select((r, at) => (names[at], r.Source))],
            Differences =
            [
                .. byName
                    .Where(f => f.Values.Distinct().Skip(1).Any())
                    .Select(f => new FactDifference(f.Name, f.Values)),
            ],
            Shared =
            [
                .. byName
                    .Where(f => f.Values.Distinct().Count() == 1 && f.Values[0] != "?")
                    .Select(f => (f.Name, f.Values[0])),
            ],
            Table = TableOf(runs, names, columns),
            Deltas = [.. runs.Skip(1).Select((run, at) => Delta(names[at + 1], runs[0], run, columns))],
            Figure = FigureOf(runs, names),
        };
    }

    private static AccuracyTable TableOf(
        IReadOnlyList<CertifiedRun> runs,
        List<string> names,
        IReadOnlyList<double> radii
    ) =>
        new()
        {
            Radii = radii,
            Rows = [.. runs.Select((r, at) => r.Row(radii) with { Dataset = "", Model = names[at] })],
        };

    private static RunDelta Delta(string name, CertifiedRun first, CertifiedRun other, IReadOnlyList<double> radii)
    {
        var byImage = other.Rows.ToDictionary(r => r.Index);
        var sameIndex = first
            .Rows.Where(r => byImage.ContainsKey(r.Index))
            .Select(r => (First: r, Other: byImage[r.Index]))
            .ToList();
        var pairs = sameIndex.Where(p => p.First.Label == p.Other.Label).ToList();
        var otherLabels = sameIndex.Count - pairs.Count;
        if (otherLabels > MostMislabelled * sameIndex.Count)
        {
            // Other images, of which some have the same label by chance.
            pairs.Clear();
        }

        var hasRadii = first.HasRadii && other.HasRadii;
        var deltas = radii
            .Where(r => hasRadii || r == 0)
            .Select(radius =>
            {
                var onlyFirst = pairs.Count(p => Certifies(p.First, radius) && !Certifies(p.Other, radius));
                var onlyOther = pairs.Count(p => !Certifies(p.First, radius) && Certifies(p.Other, radius));
                double images = Math.Max(1, pairs.Count);
                return new RadiusDelta(
                    radius,
                    pairs.Count(p => Certifies(p.First, radius)) / images,
                    pairs.Count(p => Certifies(p.Other, radius)) / images,
                    onlyFirst,
                    onlyOther,
                    BinomialTest.TwoSided(onlyFirst, onlyOther)
                );
            });
        var radius = pairs.Sum(p => Counted(p.Other) - Counted(p.First)) / Math.Max(1, pairs.Count);
        return new RunDelta(name, pairs.Count, otherLabels, [.. deltas], hasRadii ? radius : double.NaN);
    }

    private static CurveFigure FigureOf(IReadOnlyList<CertifiedRun> runs, List<string> names)
    {
        var mixed = runs.Any(r => r.IsLog) && runs.Any(r => !r.IsLog);
        CurveSeries Series(CertifiedRun run, int at) =>
            new(
                $"{names[at]}: {Describe(run, runs)}",
                run.Rows.Where(r => r.Correct).Select(r => r.Radius),
                run.Rows.Count
            )
            {
                Planned = run.Planned,
                Slot = at,
                IsPublished = mixed && run.IsLog,
            };
        var panels = runs.Select((run, at) => (Run: run, At: at))
            .Where(r => r.Run.HasRadii || !runs.Any(other => other.HasRadii))
            .Select(r => (r.Run.Facts.Norm, Series: Series(r.Run, r.At)))
            .ToLookup(c => c.Norm);
        CurvePanel Panel(IGrouping<Norm?, (Norm? Norm, CurveSeries Series)> group) =>
            new(panels.Count > 1 ? SweepTable.NormName([group.Key]) : "", [.. group.Select(c => c.Series)])
            {
                Norm = group.Key,
            };
        return new CurveFigure { Panels = [.. panels.Select(Panel)] };
    }

    // What tells the run from others of which as much is known; digests, versions and the like only name what facts do not.
    private static string Describe(CertifiedRun run, IReadOnlyList<CertifiedRun> all)
    {
        string[] silent = ["data digest", "split", "images", "model digest", "device", "version", "radii", "norm"];
        var parts = run
            .Facts.List()
            .Where(f => !silent.Contains(f.Name) && f.Value != "?")
            .Where(f => all.Select(other => ValueOf(other, f.Name)).Any(value => value != "?" && value != f.Value))
            .Select(f =>
                f.Name switch
                {
                    "data set" or "model" or "noise" or "mode" or "certificate" => f.Value,
                    "trained at σ" => "trained at " + f.Value,
                    "σ" or "α" or "n" or "n0" => $"{f.Name} = {f.Value}",
                    _ => $"{f.Name} {f.Value}",
                }
            )
            .ToList();
        if (run.IsLog && all.Any(other => !other.IsLog))
        {
            parts.Insert(0, "published");
        }

        return parts.Count > 0 ? string.Join(", ", parts) : SourceName(run);
    }

    private static string ValueOf(CertifiedRun run, string fact) =>
        run.Facts.List().First(known => known.Name == fact).Value;

    private static string SourceName(CertifiedRun run) =>
        Path.GetFileName(run.IsLog ? run.Source : run.Source[..run.Source.LastIndexOf(':')]);

    private static bool Certifies(Logs.LogRow row, double radius) => row.Correct && row.Radius >= radius;

    private static double Counted(Logs.LogRow row) => row.Correct ? row.Radius : 0;

    private static string Letter(int at) => at < 26 ? ((char)('A' + at)).ToString() : $"R{at + 1}";
}
