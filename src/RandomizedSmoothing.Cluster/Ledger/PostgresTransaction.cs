using System.Data.Common;
using Dapper;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>Transactions that do not outlive their node.</summary>
internal static class PostgresTransaction
{
    /// <summary>
    /// Begins one that the server ends when nothing is heard of it for a while. The locks of a node that is frozen or cut off would
    /// hold up all others until TCP gives its connection up.
    /// </summary>
    public static async Task<DbTransaction> BeginAsync(
        DbConnection connection,
        TimeSpan longestSilence,
        CancellationToken cancellation
    )
    {
        var transaction = await connection.BeginTransactionAsync(cancellation);
        // By statement, not with the connection: a pooler between may refuse options, and hands sessions on.
        await connection.ExecuteAsync(
            $"SET LOCAL idle_in_transaction_session_timeout = {(long)longestSilence.TotalMilliseconds}",
            transaction: transaction
        );
        return transaction;
    }
}
