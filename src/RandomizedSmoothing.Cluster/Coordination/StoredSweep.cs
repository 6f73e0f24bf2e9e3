using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>All that the coordinator needs of one sweep from the ledger.</summary>
internal sealed record StoredSweep(
    SweepDefinition Definition,
    SweepRecord Record,
    IReadOnlyList<ShardTrouble> Troubles,
    IReadOnlyDictionary<ContentHash, ContentHash> TrainedFiles
)
{
    /// <summary>Whether nothing more will happen by itself.</summary>
    public bool IsFinal => IsFinalState(Record.State);

    /// <summary>Reads every sweep that is not final.</summary>
    public static async Task<IReadOnlyList<StoredSweep>> LoadUnfinishedAsync(ISweepLedger ledger)
    {
        var sweeps = new List<StoredSweep>();
        foreach (var record in await ledger.ListSweepsAsync(CancellationToken.None))
        {
            if (!IsFinalState(record.State) && await LoadAsync(ledger, record.Id) is { } sweep)
            {
                sweeps.Add(sweep);
            }
        }

        return sweeps;
    }

    /// <summary>Reads one sweep, or null when the ledger does not have it.</summary>
    public static async Task<StoredSweep?> LoadAsync(ISweepLedger ledger, SweepId id)
    {
        var record = await ledger.FindSweepAsync(id, CancellationToken.None);
        var definition = await ledger.ReadDefinitionAsync(id, CancellationToken.None);
        if (record is null || definition is null)
        {
            return null;
        }

        var files = new Dictionary<ContentHash, ContentHash>();
        foreach (var model in definition.Models)
        {
            if (
                model.Training is { } task
                && await ledger.FindArtifactAsync(task.Key, CancellationToken.None) is { } artifact
            )
            {
                files[task.Key] = artifact.FileHash;
            }
        }

        return new StoredSweep(definition, record, await ledger.ReadTroublesAsync(id, CancellationToken.None), files);
    }

    /// <summary>Reads an ended sweep and makes it one that runs: what had been given up is forgotten.</summary>
    /// <exception cref="SupersededException">Another coordinator has begun.</exception>
    public static async Task<StoredSweep?> ReviveAsync(ISweepLedger ledger, SweepId id, long term)
    {
        var sweep = await LoadAsync(ledger, id);
        if (sweep is null || sweep.Record.State == SweepState.Completed)
        {
            return sweep;
        }

        foreach (var cell in sweep.Troubles.Select(t => t.Cell).Distinct())
        {
            await SupersededException.UnlessAsync(
                ledger.ReplaceTroublesAsync(id, cell, 0, int.MaxValue, [], term, CancellationToken.None)
            );
        }

        await SupersededException.UnlessAsync(
            ledger.SaveStateAsync(
                id,
                SweepState.Pending,
                null,
                sweep.Record.Priority,
                null,
                term,
                CancellationToken.None
            )
        );
        return await LoadAsync(ledger, id);
    }

    private static bool IsFinalState(SweepState state) =>
        state is SweepState.Completed or SweepState.CompletedWithGaps or SweepState.Cancelled or SweepState.Failed;
}
