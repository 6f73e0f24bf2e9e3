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
    public bool IsFinal => Record.State.IsFinal();

    /// <summary>Reads the sweeps that are not final, without those that are known already.</summary>
    /// <returns>The sweeps, and apart from them those that are not to be understood.</returns>
    public static async Task<UnfinishedSweeps> LoadUnfinishedAsync(ISweepLedger ledger, IReadOnlySet<SweepId> known)
    {
        var sweeps = new List<StoredSweep>();
        var unreadable = new List<UnreadableSweepException>();
        var unfinished = await ledger.ListUnfinishedAsync(CancellationToken.None);
        foreach (var id in unfinished.Where(id => !known.Contains(id)))
        {
            try
            {
                if (await LoadAsync(ledger, id) is { IsFinal: false } sweep)
                {
                    sweeps.Add(sweep);
                }
            }
            catch (UnreadableSweepException error)
            {
                unreadable.Add(error);
            }
        }

        return new UnfinishedSweeps(sweeps, unreadable);
    }

    /// <summary>Reads one sweep, or null when the ledger does not have it.</summary>
    /// <exception cref="UnreadableSweepException">The ledger answers, but what it holds is not to be understood.</exception>
    public static async Task<StoredSweep?> LoadAsync(ISweepLedger ledger, SweepId id)
    {
        if (await ledger.FindSweepAsync(id, CancellationToken.None) is not { } record)
        {
            return null;
        }

        try
        {
            return await LoadAsync(ledger, record);
        }
        catch (Exception error) when (ReadableDefinitions.IsOfContent(error))
        {
            throw new UnreadableSweepException(record, error);
        }
    }

    private static async Task<StoredSweep?> LoadAsync(ISweepLedger ledger, SweepRecord record)
    {
        var id = record.Id;
        if (await ledger.ReadDefinitionAsync(id, CancellationToken.None) is not { } definition)
        {
            return null;
        }

        if (definition.Id != id)
        {
            throw new FormatException($"The definition of the sweep '{id}' is that of the sweep '{definition.Id}'.");
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
}

/// <summary>The sweeps of a ledger that are not final.</summary>
/// <param name="Sweeps">Those that can be read, the first submitted first.</param>
/// <param name="Unreadable">The others.</param>
internal sealed record UnfinishedSweeps(
    IReadOnlyList<StoredSweep> Sweeps,
    IReadOnlyList<UnreadableSweepException> Unreadable
);

/// <summary>The ledger holds something of a sweep that is damaged, or of another version.</summary>
internal sealed class UnreadableSweepException(SweepRecord sweep, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>What can be read.</summary>
    public SweepRecord Sweep { get; } = sweep;
}
