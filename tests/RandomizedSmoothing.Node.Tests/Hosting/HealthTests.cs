using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Tests;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Hosting;

/// <summary>
/// What a node answers to its supervisor: ready is taken back while it cannot do its part and given again afterwards, with the
/// reason; live stays, because a restart would not help.
/// </summary>
public sealed class HealthTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_ledger_that_another_process_has_locked_is_no_ledger()
    {
        await using var node = await StartAsync("control");
        using var http = new HttpClient { BaseAddress = node.Http };
        await UntilAsync(http, "ready", HttpStatusCode.OK);
        await using var other = new SqliteConnection($"Data Source={Ledger("control")};Pooling=False");
        await other.OpenAsync();
        await ExecuteAsync(other, "BEGIN IMMEDIATE");

        var checks = await UntilAsync(http, "ready", HttpStatusCode.ServiceUnavailable);

        checks["ledger"].ShouldBe("has taken no write for 3 seconds");
        checks["membership"].ShouldBe("up");
        (await http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/health/startup")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await ExecuteAsync(other, "ROLLBACK");
        await UntilAsync(http, "ready", HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_full_disk_is_seen_though_no_sweep_runs()
    {
        FullLedger? disk = null;
        await using var node = await StartAsync(
            "control",
            additions: services =>
                services.AddSingleton(provider =>
                {
                    var inner = new SqliteSweepLedger(Ledger("control"), provider.GetRequiredService<TimeProvider>());
                    (var ledger, disk) = FullLedger.Over(inner);
                    return ledger;
                })
        );
        using var http = new HttpClient { BaseAddress = node.Http };
        await UntilAsync(http, "ready", HttpStatusCode.OK);

        disk!.IsFull = true;
        var checks = await UntilAsync(http, "ready", HttpStatusCode.ServiceUnavailable);
        checks["ledger"].ShouldBe("takes no writes");
        (await http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        disk.IsFull = false;
        await UntilAsync(http, "ready", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_coordinator_a_control_node_is_not_ready()
    {
        await using var node = await StartAsync("control");
        using var http = new HttpClient { BaseAddress = node.Http };
        await UntilAsync(http, "ready", HttpStatusCode.OK);
        var system = node.Services.GetRequiredService<ActorSystem>();

        system.ActorSelection("/user/coordinator/coordinator").Tell(PoisonPill.Instance);

        var checks = await UntilAsync(http, "ready", HttpStatusCode.ServiceUnavailable);
        checks["coordinator"].ShouldBe("not reachable");
        checks["ledger"].ShouldBe("writable");
        (await http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_worker_waits_for_its_cluster_unready_and_alive()
    {
        var seed = FreePort();
        await using var worker = await StartAsync("worker", $"seed=127.0.0.1:{seed}");
        using var http = new HttpClient { BaseAddress = worker.Http };

        var checks = await UntilAsync(http, "ready", HttpStatusCode.ServiceUnavailable);
        checks["membership"].ShouldNotBe("up");
        checks.Keys.ShouldNotContain("ledger", "a worker has none");
        (await http.GetAsync("/health/startup")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await using var control = await StartAsync("control", $"port={seed}", $"seed=127.0.0.1:{seed}");
        await UntilAsync(http, "ready", HttpStatusCode.OK);
        (await http.GetAsync("/health/startup")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private string Ledger(string role) => Path.Combine(_scratch.Path, role, "ledger.db");

    private async Task<NodeHost> StartAsync(string role, params string[] flags) => await StartAsync(role, null, flags);

    private async Task<NodeHost> StartAsync(string role, Action<IServiceCollection>? additions, params string[] flags)
    {
        var cache = Directory.CreateDirectory(Path.Combine(_scratch.Path, role)).FullName;
        string[] usual = [$"roles={role}", $"cache={cache}", "port=0", "http=127.0.0.1:0"];
        var given = usual
            .Concat(flags)
            .Select(flag => flag.Split('=', 2))
            .GroupBy(parts => parts[0])
            .ToDictionary(group => group.Key, group => (IReadOnlyList<string>)[group.Last()[1]]);
        return await NodeHost.StartAsync(
            NodeOptionsReader.Read(given, new Dictionary<string, string>()),
            new NodeParts
            {
                Logging = logging => logging.ClearProviders(),
                Runners = _ => new FakeDevices(),
                Additions = (_, services) => additions?.Invoke(services),
            }
        );
    }

    private static async Task<Dictionary<string, string>> UntilAsync(
        HttpClient http,
        string question,
        HttpStatusCode wanted
    )
    {
        var text = "";
        await Eventually.Async(
            async () =>
            {
                using var answer = await http.GetAsync($"/health/{question}");
                text = await answer.Content.ReadAsStringAsync();
                return answer.StatusCode == wanted;
            },
            $"{question} is {wanted}"
        );
        using var json = JsonDocument.Parse(text);
        return json
            .RootElement.GetProperty("checks")
            .EnumerateObject()
            .ToDictionary(check => check.Name, check => check.Value.GetString()!);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
