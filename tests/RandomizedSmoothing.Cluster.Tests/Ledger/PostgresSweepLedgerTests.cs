using Npgsql;
using RandomizedSmoothing.Cli.Tests.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Ledger;

/// <summary>One server for all tests of the class; every test has a database of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    internal PostgresServer? Server { get; private set; }

    public async Task InitializeAsync() =>
        Server = PostgresServer.Unavailable is null ? await PostgresServer.StartAsync() : null;

    public Task DisposeAsync() => Server is null ? Task.CompletedTask : Server.DisposeAsync().AsTask();
}

/// <summary>The ledger in PostgreSQL, on a real server.</summary>
public sealed partial class PostgresSweepLedgerTests(PostgresFixture fixture)
    : LedgerContract,
        IClassFixture<PostgresFixture>
{
    private string _connection = "";

    [SkippableFact]
    public async Task Three_nodes_that_start_at_once_make_one_schema()
    {
        RequireStore();
        var empty = await NewDatabaseAsync();
        var nodes = Enumerable.Range(0, 3).Select(_ => new PostgresSweepLedger(empty, TimeProvider.System)).ToList();

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.OpenAsync(default))));

        foreach (var node in nodes)
        {
            await node.RecordVotesAsync(Key, DeviceA, [Votes(3, 30)], default);
            (await node.ReadVotesAsync(Key, 0, 10, default)).ShouldHaveSingleItem();
            await node.DisposeAsync();
        }

        (await ScalarAsync(empty, "SELECT count(*) FROM ledger_schema")).ShouldBe(1L);
    }

    [SkippableFact]
    public async Task Several_nodes_record_the_same_votes_at_once_and_a_contradiction_shows()
    {
        RequireStore();
        await using var other = new PostgresSweepLedger(_connection, TimeProvider.System);
        await other.OpenAsync(default);
        var writers = new[] { Ledger, other }.SelectMany(
            (ledger, node) =>
                Enumerable
                    .Range(0, 4)
                    .Select(writer =>
                        Task.Run(async () =>
                        {
                            for (var draws = 10; draws <= 50; draws += 10)
                            {
                                foreach (var key in node == 0 ? new[] { "a", "b" } : ["b", "a"])
                                {
                                    var hash = TestSweeps.Hash(key);
                                    var votes = Enumerable
                                        .Range(0, 20)
                                        .Select(i => (i + writer) % 20)
                                        .Select(i => new VoteSnapshot(
                                            i,
                                            DrawStream.Estimation,
                                            TestSweeps.Votes(hash, i, DrawStream.Estimation, draws),
                                            1
                                        ));
                                    (
                                        await ledger.RecordVotesAsync(hash, DeviceA, [.. votes], default)
                                    ).Conflicts.ShouldBeEmpty();
                                }
                            }
                        })
                    )
        );

        await Task.WhenAll(writers);

        foreach (var key in new[] { TestSweeps.Hash("a"), TestSweeps.Hash("b") })
        {
            (await Ledger.ReadVotesAsync(key, 0, 100, default))
                .Select(v => v.Estimation)
                .ShouldBe(Enumerable.Range(0, 20).Select(i => TestSweeps.Votes(key, i, DrawStream.Estimation, 50)));
        }

        (
            await other.RecordVotesAsync(
                TestSweeps.Hash("a"),
                DeviceB,
                [new VoteSnapshot(3, DrawStream.Estimation, new VoteCounts(0, 0, 0, 50), 1)],
                default
            )
        ).Conflicts.ShouldHaveSingleItem();
    }

    [SkippableFact]
    public async Task Keys_may_have_numbers_of_more_than_32_bits()
    {
        RequireStore();
        await ScalarAsync(_connection, "SELECT setval(pg_get_serial_sequence('vote_keys', 'id'), 2147483647)");

        (await Record(DeviceA, Votes(3, 10), Votes(3, 30))).Conflicts.ShouldBeEmpty();

        (await ScalarAsync(_connection, "SELECT id FROM vote_keys")).ShouldBe(2147483648L);
        (await Ledger.PruneVotesAsync(Key, [3], default)).ShouldBe(1);
        (await Ledger.ReadVotesAsync(Key, 0, 10, default))
            .ShouldHaveSingleItem()
            .Estimation.ShouldBe(Votes(3, 30).Counts);
    }

    [SkippableFact]
    public async Task Votes_of_a_known_key_and_device_use_up_no_numbers()
    {
        RequireStore();
        await Record(DeviceA, Votes(3, 10));
        await Record(DeviceA, Votes(3, 20), Votes(6, 20));
        await Ledger.PruneVotesAsync(Key, [3, 6], default);
        await Ledger.PruneVotesAsync(TestSweeps.Hash("unheard of"), [3], default);

        await Ledger.RecordVotesAsync(TestSweeps.Hash("next"), DeviceB, [Votes(3, 10)], default);

        (await ScalarAsync(_connection, "SELECT array_agg(id ORDER BY id) FROM vote_keys")).ShouldBe(
            new long[] { 1, 2 }
        );
        (await ScalarAsync(_connection, "SELECT array_agg(id ORDER BY id) FROM devices")).ShouldBe(new long[] { 1, 2 });
    }

    [SkippableFact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        RequireStore();
        await ScalarAsync(_connection, "UPDATE ledger_schema SET version = 999 RETURNING version");

        await using var newer = new PostgresSweepLedger(_connection, TimeProvider.System);
        var refusal = await Should.ThrowAsync<UserErrorException>(() => newer.OpenAsync(default));

        refusal.Message.ShouldContain("schema version 999");
        refusal.Message.ShouldContain(Ledger.Location);
    }

    [SkippableFact]
    public async Task A_database_with_tables_of_another_program_is_refused()
    {
        RequireStore();
        var other = await NewDatabaseAsync();
        await using (var source = NpgsqlDataSource.Create(other))
        {
            await using var command = source.CreateCommand("CREATE TABLE sweeps (path TEXT)");
            await command.ExecuteNonQueryAsync();
        }

        await using var ledger = new PostgresSweepLedger(other, TimeProvider.System);
        var refusal = await Should.ThrowAsync<UserErrorException>(() => ledger.OpenAsync(default));

        refusal.Message.ShouldContain("tables are of another program");
        refusal.Message.ShouldContain("sweeps");
    }

    [SkippableFact]
    public async Task A_connection_has_our_defaults_but_for_what_its_string_says()
    {
        RequireStore();
        await using var named = new PostgresSweepLedger(_connection + ";Application Name=mine", TimeProvider.System);
        await named.OpenAsync(default);

        var names = await ScalarAsync(
            _connection,
            $"""
            SELECT string_agg(DISTINCT application_name, ',' ORDER BY application_name) FROM pg_stat_activity
            WHERE datname = '{Database(_connection)}' AND application_name <> ''
            """
        );

        names.ShouldBe("mine,rsmooth");
    }

    [SkippableFact]
    public async Task Nodes_that_share_a_database_know_it_from_every_other()
    {
        await using var first = (PostgresSweepLedger)await OpenAsync();
        await using var second = (PostgresSweepLedger)await OpenAsync();
        await using var other = new PostgresSweepLedger(await NewDatabaseAsync(), TimeProvider.System);
        await other.OpenAsync(default);

        first.Identity.ShouldNotBeEmpty();
        second.Identity.ShouldBe(first.Identity);
        other.Identity.ShouldNotBe(first.Identity);
    }

    [SkippableFact]
    public async Task What_is_wrong_with_a_connection_is_said_without_its_secret()
    {
        RequireStore();
        var settings = new NpgsqlConnectionStringBuilder(_connection) { Password = "open-sesame" };
        var server = settings.ConnectionString;
        settings.Database = "nowhere";
        await using var noDatabase = new PostgresSweepLedger(settings.ConnectionString, TimeProvider.System);
        await ScalarAsync(_connection, "CREATE ROLE guest LOGIN; SELECT 1");
        settings.Database = Database(await NewDatabaseAsync());
        settings.Username = "guest";
        await using var noRight = new PostgresSweepLedger(settings.ConnectionString, TimeProvider.System);

        var missing = await Should.ThrowAsync<UserErrorException>(() => noDatabase.OpenAsync(default));
        var refused = await Should.ThrowAsync<UserErrorException>(() => noRight.OpenAsync(default));

        missing.Message.ShouldContain("nowhere");
        missing.Message.ShouldContain("Create the database");
        refused.Message.ShouldContain("owner");
        foreach (var error in new[] { missing, refused })
        {
            error.ToString().ShouldNotContain("sesame");
            error.ExitCode.ShouldBe(1);
        }
    }

    private protected override async Task<bool> StartAsync()
    {
        if (fixture.Server is null)
        {
            return false;
        }

        _connection = await NewDatabaseAsync();
        return true;
    }

    private protected override async Task<ISweepLedger> OpenAsync()
    {
        var ledger = new PostgresSweepLedger(_connection, TimeProvider.System);
        await ledger.OpenAsync(default);
        return ledger;
    }

    private protected override Task StopAsync() => Task.CompletedTask;

    private protected override Task MakeFirstVersionAsync() =>
        ScalarAsync(
            _connection,
            "DROP TABLE milestones; DROP TABLE coordinator; UPDATE ledger_schema SET version = 1 RETURNING version"
        );

    private protected override void RequireStore() =>
        Skip.If(PostgresServer.Unavailable is not null, PostgresServer.Unavailable);

    private async Task<string> NewDatabaseAsync()
    {
        var name = $"ledger_{Guid.NewGuid():N}";
        await ScalarAsync(fixture.Server!.ConnectionString, $"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(fixture.Server.ConnectionString) { Database = name }.ConnectionString;
    }

    private static string Database(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    private static async Task<object?> ScalarAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
