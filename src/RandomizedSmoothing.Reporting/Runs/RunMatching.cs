using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Runs;

/// <summary>Runs that belong side by side.</summary>
/// <param name="Matched">Groups of at least two, the first of each from the first source that has it.</param>
/// <param name="Unmatched">Names of runs without a counterpart.</param>
public sealed record RunGroups(IReadOnlyList<IReadOnlyList<CertifiedRun>> Matched, IReadOnlyList<string> Unmatched);

/// <summary>
/// Decides which runs of several sources are compared: sources of one run each are compared as they are; runs of sweeps meet
/// the runs of the others that have their data set, noise, norm and sigma. Radii of different norms are never compared.
/// </summary>
public static class RunMatching
{
    /// <summary>The groups.</summary>
    public static RunGroups Groups(IReadOnlyList<RunSource> sources)
    {
        var norms = sources.SelectMany(s => s.Runs).Select(r => r.Facts.Norm).OfType<Norm>().Distinct();
        if (sources.Count > 1 && sources.All(s => s.Runs.Count == 1) && norms.Count() < 2)
        {
            return new RunGroups(
                [
                    [.. sources.Select(s => s.Runs[0])],
                ],
                []
            );
        }

        // One source alone is compared within itself.
        var groups = sources
            .SelectMany((source, at) => source.Runs.Select(run => (Source: at, Run: run)))
            .GroupBy(item => (item.Run.Facts.Dataset, item.Run.Facts.Noise, item.Run.Facts.Norm, item.Run.Facts.Sigma))
            .Select(g => g.ToList())
            .ToList();
        var matched = groups
            .Where(g => g.Count > 1 && (sources.Count == 1 || g.Select(i => i.Source).Distinct().Skip(1).Any()))
            .ToList();
        return new RunGroups(
            [.. matched.Select(g => g.Select(i => i.Run).ToList())],
            [.. groups.Except(matched).SelectMany(g => g).Select(i => Describe(i.Run))]
        );
    }

    private static string Describe(CertifiedRun run) =>
        $"{run.Facts.Dataset ?? "?"}, {run.Facts.Noise ?? "?"}, σ = {(run.Facts.Sigma is { } sigma ? TableLayout.Number(sigma) : "?")} ({run.Source})";
}
