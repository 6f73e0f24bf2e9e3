using System.Collections.Concurrent;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Reporting.AccuracyLoss;
using RandomizedSmoothing.Reporting.AccuracyLoss.Page;
using RandomizedSmoothing.Reporting.Certificates;

namespace RandomizedSmoothing.Node.Dashboard.AccuracyLoss;

/// <summary>
/// The accuracy loss of sweeps as their votes grow: studied again only when there are new certificates, and once for all who
/// look. What the data alone forbids compares all pairs of images, so it waits for the last of them and leaves large sets to the
/// command line.
/// </summary>
internal sealed class LossViews
{
    private const int KeptSweeps = 8;
    private const int MostImagesToCompare = 2000;

    private readonly SweepReader _sweeps;
    private readonly LiveReports _live;
    private readonly StoredResults _stored;
    private readonly SharedAnswers<SweepId, LossView?> _views;
    private readonly ConcurrentDictionary<SweepId, Kept> _kept = new();

    public LossViews(SweepReader sweeps, LiveReports live, StoredResults stored, TimeProvider time)
    {
        (_sweeps, _live, _stored) = (sweeps, live, stored);
        _views = new SharedAnswers<SweepId, LossView?>(StudyAsync, TimeSpan.FromSeconds(2), time);
    }

    /// <summary>The study of the certificates until now; null when there is no such sweep.</summary>
    public Task<LossView?> OfSweepAsync(SweepId sweep, CancellationToken cancellation) =>
        _views.GetAsync(sweep, cancellation);

    private async Task<LossView?> StudyAsync(SweepId sweep)
    {
        if (await _sweeps.DefinitionAsync(sweep, CancellationToken.None) is not { } definition)
        {
            return null;
        }

        var reports = await _live.OfSweepAsync(sweep, CancellationToken.None);
        if (_kept.TryGetValue(sweep, out var kept) && ReferenceEquals(kept.Of, reports))
        {
            return kept.View;
        }

        var view = await Task.Run(() => Study(definition, reports));
        if (_kept.Count >= KeptSweeps)
        {
            _kept.Clear();
        }

        _kept[sweep] = new Kept(reports, view);
        return view;
    }

    private LossView Study(SweepDefinition definition, IReadOnlyList<CellReport> reports)
    {
        var pixels = _stored.Pixels();
        var unfinished = reports.Any(r => r.IsProvisional);
        var large = definition.Datasets.Any(d => d.Count > MostImagesToCompare);
        var absent = definition.Datasets.Any(d => d.Count > 0 && pixels(d, d.IndexOf(0)) is null);
        var report = LossReport.Of(
            definition,
            reports,
            unfinished || large || absent ? null : pixels,
            unfinished ? "It is computed when every image is finished."
                : large
                    ? $"Beyond {MostImagesToCompare:N0} images it takes long: 'rsmooth export' the sweep, then 'rsmooth loss report DIR'."
                : "The pixels of the images are not on this control node: 'rsmooth export' the sweep, then 'rsmooth loss report DIR'."
        );
        return new LossView(report, LossPage.Sections(report, pixels));
    }

    private sealed record Kept(IReadOnlyList<CellReport> Of, LossView View);
}
