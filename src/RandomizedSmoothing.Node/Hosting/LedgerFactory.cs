using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Hosting;

/// <summary>Opens the ledger that the settings name.</summary>
internal static class LedgerFactory
{
    public static ISweepLedger Create(LedgerLocation location, TimeProvider time) =>
        location.Kind switch
        {
            LedgerKind.Sqlite => new SqliteSweepLedger(location.Target, time),
            _ => throw new Core.UserErrorException(
                "This build keeps its ledger in SQLite only: give --ledger sqlite:PATH."
            ),
        };
}
