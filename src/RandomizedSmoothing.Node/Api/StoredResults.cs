using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Node.Local;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Reads sweeps with their votes out of the cluster's ledger, as reports take them.</summary>
internal sealed class StoredResults(
    ISweepLedger ledger,
    SweepMonitor monitor,
    IArtifactStore artifacts,
    TimeProvider time
)
{
    /// <summary>The sweep with the votes recorded until now, or null when there is none.</summary>
    /// <param name="record">The sweep.</param>
    /// <param name="cell">Only this cell; null for all.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<SweepResults?> ReadAsync(SweepRecord record, CellId? cell, CancellationToken cancellation)
    {
        if (await ledger.ReadDefinitionAsync(record.Id, cancellation) is not { } definition)
        {
            return null;
        }

        if (cell is { } only)
        {
            definition = definition with { Cells = [.. definition.Cells.Where(c => c.Id == only)] };
        }

        var progress = await monitor.ProgressAsync(record.Id, cancellation) ?? record.Progress;
        var environment = await LocalEnvironment.OfAsync(
            ledger,
            definition,
            $"rsmooth export {record.Id}",
            time,
            cancellation
        );
        return await LedgerResults.ReadAsync(
            ledger,
            definition,
            progress?.State ?? record.State,
            progress?.Warnings ?? [],
            environment,
            cancellation
        );
    }

    /// <summary>Pixels of the images of a sweep, from the artifacts of this node.</summary>
    public PixelSource Pixels()
    {
        var open = new Dictionary<ContentHash, ImageDataset?>();
        return (reference, index) =>
        {
            if (!open.TryGetValue(reference.Hash, out var dataset))
            {
                dataset = artifacts.Find(reference.Hash) is { } path
                    ? CanonicalImages.Open(
                        path,
                        reference.Hash,
                        reference.Name,
                        reference.Spec.Split,
                        reference.ClassNames
                    )
                    : null;
                open.Add(reference.Hash, dataset);
            }

            return dataset?.Image(index).ToArray();
        };
    }
}
