using System.Data.Common;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>What differs between the databases in otherwise equal statements.</summary>
internal interface ILedgerDialect
{
    /// <summary>A condition that is true where column <c>image</c> is among <c>@images</c>.</summary>
    string ImageAmongImages { get; }

    /// <summary>The value of <c>@images</c> for that condition.</summary>
    object ImagesParameter(IReadOnlyCollection<int> images);

    /// <summary>A condition that is true where column <c>key</c> is among <c>@keys</c>.</summary>
    string KeyAmongKeys { get; }

    /// <summary>The value of <c>@keys</c> for that condition.</summary>
    object KeysParameter(IReadOnlyCollection<string> keys);

    /// <summary>A query of <c>@keys</c> as rows of one column <c>key</c>.</summary>
    string RowsOfKeys { get; }

    /// <summary>What keeps other processes from changing selected rows until the transaction ends.</summary>
    string ForShare { get; }

    /// <summary>Keeps other processes from changing the votes of a key until the transaction ends.</summary>
    Task LockVotesAsync(LedgerSession session, long keyId);

    /// <summary>
    /// Until the transaction ends, keeps other processes from dropping votes while milestones are added (exclusively), or from adding
    /// milestones while votes are dropped.
    /// </summary>
    Task LockMilestonesAsync(LedgerSession session, bool exclusively);

    /// <summary>Keeps other processes from adding to the history of a sweep until the transaction ends.</summary>
    Task LockHistoryAsync(LedgerSession session, string sweep);

    /// <summary>Inserts rows of votes.</summary>
    Task InsertVotesAsync(LedgerSession session, long keyId, long deviceId, IReadOnlyList<VoteRow> rows);
}

/// <summary>A connection inside an open transaction.</summary>
internal sealed record LedgerSession(DbConnection Connection, DbTransaction Transaction);

/// <summary>One row of table <c>votes</c>, without its key.</summary>
internal sealed class VoteRow
{
    public int Image { get; set; }

    public int Stream { get; set; }

    public long Draws { get; set; }

    public byte[] Counts { get; set; } = [];

    public double Seconds { get; set; }

    public long Device { get; set; }
}
