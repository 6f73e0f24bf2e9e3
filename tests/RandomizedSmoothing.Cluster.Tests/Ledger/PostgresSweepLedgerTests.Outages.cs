using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;
using RandomizedSmoothing.Cli.Tests.Cluster;
using RandomizedSmoothing.Cluster.Ledger;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>Connections that are cut, nodes that are frozen and servers that stop cost time and nothing else.</summary>
public sealed partial class PostgresSweepLedgerTests
{
    [SkippableFact]
    public async Task Cut_connections_are_no_failure()
    {
        RequireStore();
        await Record(DeviceA, Votes(3, 10));

        for (var draws = 20; draws <= 100; draws += 10)
        {
            var write = Record(DeviceA, Votes(3, draws), Votes(6, draws));
            await ScalarAsync(
                fixture.Server!.ConnectionString,
                $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{Database(_connection)}'"
            );
            (await write).Conflicts.ShouldBeEmpty();
        }

        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .Select(v => v.Estimation)
            .ShouldBe([Votes(3, 100).Counts, Votes(6, 100).Counts]);
    }

    [SkippableFact]
    public async Task A_node_frozen_in_the_middle_of_a_write_holds_up_no_other()
    {
        RequireStore();
        await Record(DeviceA, Votes(3, 10));
        var settings = new NpgsqlConnectionStringBuilder(_connection);
        await using var link = new FrozenClient(settings.Port, "pg_advisory_xact_lock");
        settings.Port = link.Port;
        await using var frozen = new PostgresSweepLedger(settings.ConnectionString, TimeProvider.System);

        // Its votes are locked, and nothing is heard of it.
        var held = frozen.RecordVotesAsync(Key, DeviceB, [Votes(3, 20)], default);
        await link.Frozen.WaitAsync(TimeSpan.FromMinutes(1));
        (await Record(DeviceA, Votes(3, 30))).Conflicts.ShouldBeEmpty();
        held.IsCompleted.ShouldBeFalse();
        link.Thaw();

        (await held).Images.ShouldHaveSingleItem().Estimation.ShouldBe(Votes(3, 30).Counts);
    }

    [SkippableFact]
    public async Task A_stopped_server_is_a_pause_that_the_log_tells_of()
    {
        RequireStore();
        await using var server = await PostgresServer.StartAsync();
        var log = new FakeLogger<PostgresSweepLedger>();
        await using var ledger = new PostgresSweepLedger(server.ConnectionString, TimeProvider.System, log);
        await ledger.OpenAsync(default);
        await ledger.RecordVotesAsync(Key, DeviceA, [Votes(3, 10)], default);

        await server.StopAsync();
        var write = ledger.RecordVotesAsync(Key, DeviceA, [Votes(3, 30)], default);
        var read = ledger.ReadVotesAsync(Key, 0, 10, default);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var told = await log.Collector.GetLogsAsync(patience.Token).FirstAsync(patience.Token);
        told.Level.ShouldBe(LogLevel.Warning);
        told.Message.ShouldContain(ledger.Location);
        write.IsCompleted.ShouldBeFalse();
        await server.StartAgainAsync();

        (await write).Images.ShouldHaveSingleItem().Estimation.ShouldBe(Votes(3, 30).Counts);
        (await read).ShouldHaveSingleItem();
    }
}
