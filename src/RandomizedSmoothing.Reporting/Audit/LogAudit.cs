using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Audit;

/// <summary>What an audit found out about a log.</summary>
public sealed record LogAuditResult
{
    /// <summary>The log.</summary>
    public required string Path { get; init; }

    /// <summary>Rows that could be read.</summary>
    public required int Rows { get; init; }

    /// <summary>Whether no row seems to be missing.</summary>
    public required bool Complete { get; init; }

    /// <summary>Standard deviation of the noise; null where neither path nor radii tell.</summary>
    public double? Sigma { get; init; }

    /// <summary>Estimation draws; null where undetermined.</summary>
    public long? N { get; init; }

    /// <summary>Failure probability; null where undetermined.</summary>
    public double? Alpha { get; init; }

    /// <summary>Largest radius of the log.</summary>
    public double LargestRadius { get; init; }

    /// <summary>How many rows have it.</summary>
    public int RowsAtLargest { get; init; }

    /// <summary>Precision of the radii.</summary>
    public RadiusDigits Digits { get; init; }

    /// <summary>The pairs that fit, and the usual pairs whether they fit or not.</summary>
    public IReadOnlyList<LatticeFit> Fits { get; init; } = [];

    /// <summary>What a reader of the log should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>
/// Audits certification logs: rows and gaps, the largest radius against the attainable one, and which (n, α) made them. Published
/// logs do not record n and α; nine of the thirteen logs of Cohen et al. (2019) turn out to be made at α = .01.
/// </summary>
public static class LogAudit
{
    private static readonly double[] UsualSigmas =
    [
        0.12,
        0.25,
        0.5,
        1,
        0.1,
        0.15,
        0.2,
        0.3,
        0.35,
        0.4,
        0.6,
        0.75,
        0.8,
        1.5,
        2,
    ];

    // In nats.
    private const double ClearLead = 5;

    /// <summary>Audits logs together: those of one split are compared with each other.</summary>
    /// <param name="logs">The logs.</param>
    /// <param name="candidates">Pairs to try.</param>
    /// <param name="sigma">Sigma of logs whose path does not tell; null to find out.</param>
    public static IReadOnlyList<LogAuditResult> Of(
        IReadOnlyList<CertificationLog> logs,
        AuditCandidates? candidates = null,
        double? sigma = null
    ) => [.. logs.Select(log => Of(log, logs, candidates ?? AuditCandidates.Default, sigma))];

    private static LogAuditResult Of(
        CertificationLog log,
        IReadOnlyList<CertificationLog> all,
        AuditCandidates candidates,
        double? sigma
    )
    {
        var warnings = new List<string>(log.Diagnoses.Select(d => d.ToString()));
        var gaps = LogCompleteness.Gaps(log, all);
        warnings.AddRange(gaps.Where(g => !warnings.Any(w => w.EndsWith(g, StringComparison.Ordinal))));
        var result = new LogAuditResult
        {
            Path = log.Path,
            Rows = log.Rows.Count,
            Complete = gaps.Count == 0,
            Digits = log.RadiusDigits,
            LargestRadius = log.Rows.Select(r => r.Radius).DefaultIfEmpty(0).Max(),
        };
        if (log.Kind == LogKind.Predict)
        {
            warnings.Add("a prediction log has no radii: n and alpha cannot be told from it");
            return result with { Warnings = warnings };
        }

        if (log.Rows.Count == 0)
        {
            return result with { Warnings = warnings };
        }

        result = result with { RowsAtLargest = log.Rows.Count(r => r.Radius == result.LargestRadius) };
        return Judge(result, log, candidates, log.Specification.Sigma ?? sigma, warnings);
    }

    private static LogAuditResult Judge(
        LogAuditResult result,
        CertificationLog log,
        AuditCandidates candidates,
        double? given,
        List<string> warnings
    )
    {
        if (log.Specification.Noise is not null and not "gaussian")
        {
            warnings.Add(
                $"the audit knows the radii of Gaussian noise only, and this log is of {log.Specification.Noise} noise"
            );
            return result with { Warnings = warnings, Sigma = given };
        }

        var sigma = given ?? Guess(log, candidates);
        if (sigma is not { } level)
        {
            warnings.Add("the path does not say sigma and the radii do not tell it: give it with --sigma");
            return result with { Warnings = warnings };
        }

        if (given is null)
        {
            warnings.Add($"the path does not say sigma; the radii fit sigma = {TableLayout.Number(level)}");
        }

        var fits = LatticeSearch.Fits(log, level, candidates);
        var verdict = LatticeSearch.Verdict(fits);
        warnings.AddRange(AuditWords.Explain(fits, verdict, result, level));
        return result with
        {
            Sigma = level,
            N = verdict?.N,
            Alpha = verdict?.Alpha,
            Fits = [.. fits.Where(f => f.Fits || f.IsUsual && (f.Rows == 0 || f.Refuted > 0))],
            Warnings = warnings,
        };
    }

    // Sigma is told by the radii where one usual value explains them far better than the others. Chance alone explains a log by some of so
    // many: the evidence must outweigh their number, unless images pile up just where this sigma lets them.
    private static double? Guess(CertificationLog log, AuditCandidates candidates)
    {
        var ranked = UsualSigmas
            .Select(sigma => (Sigma: sigma, Fits: LatticeSearch.Fits(log, sigma, candidates)))
            .Select(s => (s.Sigma, s.Fits, Strength: LatticeSearch.Strength(s.Fits)))
            .OrderByDescending(s => s.Strength)
            .ToList();
        var (sigma, fits, strength) = ranked[0];
        if (LatticeSearch.Verdict(fits) is not { } verdict || strength - ranked[1].Strength <= ClearLead)
        {
            return null;
        }

        var guesses = (double)UsualSigmas.Length * fits.Count;
        var needed = ClearLead + (LatticeSearch.PilesUp(log, verdict) ? 0 : Math.Log(guesses));
        return strength > needed ? sigma : null;
    }
}
