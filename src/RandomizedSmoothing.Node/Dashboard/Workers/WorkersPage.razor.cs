using Microsoft.AspNetCore.Components;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Node.Dashboard.Reading;

namespace RandomizedSmoothing.Node.Dashboard.Workers;

/// <summary>The worker nodes, their devices and what these are doing.</summary>
public sealed partial class WorkersPage : LivePage
{
    private IReadOnlyList<WorkerView> _workers = [];
    private string? _sure;

    [Inject]
    private SweepReader Reader { get; set; } = null!;

    [Inject]
    private ISweepClient Client { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task ReadAsync(CancellationToken cancellation) =>
        _workers = await Reader.WorkersAsync(cancellation);

    private Task DrainAsync(string worker)
    {
        if (_sure != worker)
        {
            _sure = worker;
            return Task.CompletedTask;
        }

        _sure = null;
        return DoAsync(() => Client.DrainAsync(worker, Gone));
    }
}
