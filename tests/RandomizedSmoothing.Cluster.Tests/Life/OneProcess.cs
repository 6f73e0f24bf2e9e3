using Microsoft.Data.Sqlite;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Tests on a cluster of one process with a ledger of its own.</summary>
public abstract class OneProcess : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private protected SqliteSweepLedger Ledger { get; private set; } = null!;

    private protected CancellationToken Limit => _limit.Token;

    public Task InitializeAsync()
    {
        Ledger = new SqliteSweepLedger(_folder.File("ledger.db"), TimeProvider.System);
        return Task.CompletedTask;
    }

    public virtual async Task DisposeAsync()
    {
        await Ledger.DisposeAsync();
        _limit.Dispose();
        _folder.Dispose();
    }

    /// <summary>Does to the open ledger what no program of ours does.</summary>
    private protected void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("ledger.db")};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private protected Task<SweepCluster> StartAsync(FakeDevices devices, ClusterOptions? options = null) =>
        SweepCluster.StartAsync(options ?? TestNodes.Options(), Ledger, devices, cancellation: Limit);
}
