using Dapper;

namespace RandomizedSmoothing.Cluster.Ledger;

/// <summary>The statements of table <c>coordinator</c>: one row with the term of the latest coordinator.</summary>
internal static class TermTable
{
    public static Task<long> BeginAsync(LedgerSession session) =>
        session.Connection.ExecuteScalarAsync<long>(
            "UPDATE coordinator SET term = term + 1 RETURNING term",
            transaction: session.Transaction
        );

    /// <summary>Whether no later term has begun; none begins until the transaction ends.</summary>
    public static async Task<bool> IsCurrentAsync(LedgerSession session, ILedgerDialect dialect, long term) =>
        await session.Connection.ExecuteScalarAsync<long>(
            $"SELECT term FROM coordinator {dialect.ForShare}",
            transaction: session.Transaction
        ) == term;
}
