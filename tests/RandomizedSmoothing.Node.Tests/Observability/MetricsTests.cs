using System.Net;
using System.Text.RegularExpressions;
using RandomizedSmoothing.Cluster.Telemetry;
using RandomizedSmoothing.Node.Tests.Access;

namespace RandomizedSmoothing.Node.Tests.Observability;

/// <summary>What dashboards and alerts rely on: names, units and labels of the metrics.</summary>
public sealed partial class MetricsTests(GuardedNode node) : IClassFixture<GuardedNode>
{
    /// <summary>Name, type and labels of the metrics that a node has.</summary>
    internal static readonly string[] Expected =
    [
        "kestrel_active_connections gauge [network_transport,network_type,server_address,server_port]",
        "rsmooth_cluster_draws_per_second gauge []",
        "rsmooth_coordinator_shard_duration_seconds histogram []",
        "rsmooth_pending_draws gauge []",
        "rsmooth_pending_trainings gauge []",
        "rsmooth_sweeps gauge [state]",
        "rsmooth_worker_busy_draws_per_second gauge []",
        "rsmooth_worker_draws_total counter [device]",
        "rsmooth_worker_work_duration_seconds histogram []",
        "rsmooth_worker_work_total counter [kind,outcome]",
        "rsmooth_workers gauge []",
        "rsmooth_workers_busy gauge []",
    ];

    [Fact]
    public async Task Names_units_and_labels_are_as_documented()
    {
        // A control node without devices has nothing to say of them.
        var kind = KeyValuePair.Create<string, object?>("kind", "shard");
        Instruments.Draws.Add(1, KeyValuePair.Create<string, object?>("device", "cpu:0"));
        Instruments.Work.Add(1, kind, KeyValuePair.Create<string, object?>("outcome", "done"));
        Instruments.Duration.Record(1, kind);
        Instruments.Shards.Record(1, KeyValuePair.Create<string, object?>(Instruments.Worker, "worker-a"));
        using var http = node.Http(node.Viewer);
        var text = "";
        await Eventually.Async(
            async () =>
                (text = await http.GetStringAsync("/metrics")).Contains(
                    "rsmooth_workers_busy",
                    StringComparison.Ordinal
                ),
            "the cluster was looked at"
        );

        Names(text).ShouldBe(Expected);
        text.ShouldContain("rsmooth_sweeps{", Case.Sensitive);
        text.ShouldContain("state=\"running\"");
        text.ShouldNotContain("worker-a", Case.Sensitive, "a label of as many values as workers");
        text.ShouldNotContain(node.Viewer);
    }

    [Fact]
    public async Task Metrics_take_a_key()
    {
        using var http = node.Http(null);

        (await http.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>Name, type and labels of the product's metrics, without those that every metric carries.</summary>
    internal static IReadOnlyList<string> Names(string text)
    {
        var lines = text.Split('\n');
        return
        [
            .. lines
                .Where(l => Shown().IsMatch(l))
                .Select(l => l.Split(' '))
                .Select(l => $"{l[2]} {l[3].Trim()} [{string.Join(',', Labels(lines, l[2]))}]")
                // Other nodes of this test process have instruments of the same names.
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex("^# TYPE (rsmooth_|kestrel_active_connections )")]
    private static partial Regex Shown();

    private static IEnumerable<string> Labels(string[] lines, string name) =>
        lines
            .Where(l => l.StartsWith(name + "{", StringComparison.Ordinal))
            .SelectMany(l => l[(name.Length + 1)..l.IndexOf('}')].Split(',').Select(label => label.Split('=')[0]))
            .Where(label => !label.StartsWith("otel_scope", StringComparison.Ordinal))
            .Distinct()
            .Order(StringComparer.Ordinal);
}
