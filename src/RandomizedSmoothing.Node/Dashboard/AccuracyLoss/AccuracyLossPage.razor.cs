using Microsoft.AspNetCore.Components;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Dashboard.Reading;
using RandomizedSmoothing.Reporting.AccuracyLoss;

namespace RandomizedSmoothing.Node.Dashboard.AccuracyLoss;

/// <summary>Where the accuracy of one sweep is lost, and who pays for it, from the votes that it has until now.</summary>
public sealed partial class AccuracyLossPage : LivePage
{
    private LossView? _view;
    private SweepProgress? _progress;
    private bool _read;

    /// <summary>The sweep's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private SweepReader Reader { get; set; } = null!;

    [Inject]
    private LossViews Views { get; set; } = null!;

    /// <summary>The address of a sweep's accuracy loss.</summary>
    public static string AddressOf(string sweep) => $"/sweeps/{sweep}/loss";

    /// <inheritdoc />
    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    protected override bool IsFinal => _progress is { IsFinal: true } && _view is { Report.IsProvisional: false };

    // What keeps the decomposition from being drawn is said before the figures, the rest behind them.
    private IEnumerable<MissingPart> Lacking =>
        _view!.Report.Missing.Where(m => m.Part is "everything" or "decomposition" or "training cost");

    /// <inheritdoc />
    protected override async Task ReadAsync(CancellationToken cancellation)
    {
        if (SweepId.IsValid(Id))
        {
            var sweep = new SweepId(Id);
            _progress = await Reader.ProgressAsync(sweep, cancellation);
            _view = await Views.OfSweepAsync(sweep, cancellation);
        }

        _read = true;
    }
}
