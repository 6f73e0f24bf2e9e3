using Microsoft.AspNetCore.Components;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Curves;

namespace RandomizedSmoothing.Node.Dashboard.Sweeps;

/// <summary>One sweep: how far it is, its curves as they grow, its cells, its history, and what can be done with it.</summary>
public sealed partial class SweepPage : LivePage
{
    private SweepProgress? _progress;
    private SweepDefinition? _definition;
    private IReadOnlyList<CellReport> _reports = [];
    private IReadOnlyList<double> _radii = [];
    private IReadOnlyList<LedgerEvent> _events = [];
    private CurveFigure? _figure;
    private bool _read;
    private bool _sure;
    private int _shown = 20;

    /// <summary>The sweep's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private SweepReader Reader { get; set; } = null!;

    [Inject]
    private LiveReports Live { get; set; } = null!;

    [Inject]
    private ISweepClient Client { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task ReadAsync(CancellationToken cancellation)
    {
        if (!SweepId.IsValid(Id))
        {
            _read = true;
            return;
        }

        var sweep = new SweepId(Id);
        _progress = await Reader.ProgressAsync(sweep, cancellation);
        if (_progress is not null)
        {
            _definition = await Reader.DefinitionAsync(sweep, cancellation);
            _events = await Reader.EventsAsync(sweep, cancellation);
            var reports = await Live.OfSweepAsync(sweep, cancellation);
            if (!ReferenceEquals(reports, _reports))
            {
                _reports = reports;
                var any = reports.Any(r => r.Certificates.Count > 0);
                _figure = any ? SweepFigure.Of(reports, []) : null;
                _radii = any && _definition is not null ? ReportRadii.OfTable(_definition.Report, reports) : [];
            }
        }

        _read = true;
    }

    private double Share(Predicate<Certificate> wanted)
    {
        var all = _reports.Sum(r => r.Certificates.Count);
        return all == 0 ? double.NaN : (double)_reports.Sum(r => r.Certificates.Count(c => wanted(c))) / all;
    }

    private Task PauseAsync() => DoAsync(() => Client.PauseAsync(new SweepId(Id), Gone));

    private Task ResumeAsync() => DoAsync(() => Client.ResumeAsync(new SweepId(Id), Gone));

    private Task RetryAsync() => DoAsync(() => Client.RetryAsync(new SweepId(Id), Gone));

    private Task CancelAsync()
    {
        _sure = !_sure;
        return _sure ? Task.CompletedTask : DoAsync(() => Client.CancelAsync(new SweepId(Id), Gone));
    }
}
