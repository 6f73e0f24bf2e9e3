using System.Collections.Concurrent;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Node.Local;
using RandomizedSmoothing.Node.Submission;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Results;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Node.Dashboard.Compare;

/// <summary>The published logs that a sweep names for comparison.</summary>
/// <param name="Runs">Those that could be read.</param>
/// <param name="Warnings">Why others could not.</param>
internal sealed record NamedLogs(IReadOnlyList<CertifiedRun> Runs, IReadOnlyList<string> Warnings);

/// <summary>What can be compared: the cells of sweeps with the certificates until now, and the logs that sweeps name.</summary>
internal sealed class ComparedRuns
{
    private const int KeptSweeps = 20;

    private readonly ISweepLedger _ledger;
    private readonly SweepReader _sweeps;
    private readonly LiveReports _live;
    private readonly SubmissionLimits _limits;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<SweepId, Kept> _kept = new();
    private readonly SharedAnswers<SweepId, NamedLogs> _logs;

    public ComparedRuns(
        ISweepLedger ledger,
        SweepReader sweeps,
        LiveReports live,
        SubmissionLimits limits,
        TimeProvider time
    )
    {
        (_ledger, _sweeps, _live, _limits, _time) = (ledger, sweeps, live, limits, time);
        _logs = new SharedAnswers<SweepId, NamedLogs>(ReadLogsAsync, TimeSpan.FromMinutes(5), time);
    }

    /// <summary>
    /// The runs of a sweep, one a cell that has finished images; null when there is no such sweep. It is the same object until
    /// there are new certificates.
    /// </summary>
    public async Task<RunSource?> OfSweepAsync(SweepId sweep, CancellationToken cancellation)
    {
        if (await _sweeps.DefinitionAsync(sweep, cancellation) is not { } definition)
        {
            return null;
        }

        var reports = await _live.OfSweepAsync(sweep, cancellation);
        if (_kept.TryGetValue(sweep, out var kept) && ReferenceEquals(kept.Of, reports))
        {
            return kept.Source;
        }

        var results = new SweepResults
        {
            Sweep = definition,
            Votes = [.. reports.Select(r => r.Votes)],
            Environment = await LocalEnvironment.OfAsync(_ledger, definition, "", _time, cancellation),
        };
        var finished = reports.Where(r => r.Certificates.Count > 0);
        var source = new RunSource(
            sweep.Value,
            [.. finished.Select(r => CertifiedRun.OfCell(r, results, sweep.Value))]
        );
        if (_kept.Count >= KeptSweeps)
        {
            _kept.Clear();
        }

        _kept[sweep] = new Kept(reports, source);
        return source;
    }

    /// <summary>The published logs that a sweep names, as far as this node may and can read them; up to minutes old.</summary>
    public Task<NamedLogs> LogsOfAsync(SweepId sweep, CancellationToken cancellation) =>
        _logs.GetAsync(sweep, cancellation);

    private async Task<NamedLogs> ReadLogsAsync(SweepId sweep)
    {
        if (await _sweeps.DefinitionAsync(sweep, CancellationToken.None) is not { } definition)
        {
            return new NamedLogs([], []);
        }

        return await Task.Run(async () =>
        {
            var warnings = new List<string>();
            var logs = await PublishedLogs.ReadAsync(
                definition.Report,
                Path.GetTempPath(),
                _limits.MayRead,
                warnings,
                CancellationToken.None
            );
            return new NamedLogs([.. logs.Zip(LogAudit.Of(logs), CertifiedRun.OfLog)], warnings);
        });
    }

    private sealed record Kept(IReadOnlyList<CellReport> Of, RunSource Source);
}
