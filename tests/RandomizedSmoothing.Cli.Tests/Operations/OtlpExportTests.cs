using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.Tests.Operations;

/// <summary>A node that is told of a collector sends it metrics and traces.</summary>
public sealed class OtlpExportTests : IAsyncLifetime
{
    private const string Sweep = """
        name: exported
        datasets: [{ name: digits, max: 3 }]
        models: [{ name: conv, architecture: small-conv, train: { epochs: 1, maxImages: 50 } }]
        sigmas: [0.25]
        certify: { n0: 10, n: 100 }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _expected = new();
    private WebApplication _collector = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _collector = builder.Build();
        _collector.MapPost("/v1/{signal}", TakeAsync);
        await _collector.StartAsync();
    }

    public async Task DisposeAsync() => await _collector.DisposeAsync();

    [Fact]
    public async Task A_collector_gets_metrics_and_the_spans_of_a_sweep()
    {
        string[] wanted =
        [
            "metrics: rsmooth.workers.busy",
            "metrics: rsmooth.worker.draws",
            "traces: sweep",
            "traces: cell",
            "traces: shard",
            "traces: rsmooth-collected",
        ];
        foreach (var item in wanted)
        {
            _expected[item] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        using var folder = new ScratchFolder();
        await using var node = RsmoothProcess.StartIn(
            folder.Path,
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Urls.Single(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            },
            "node",
            "--name",
            "rsmooth-collected",
            "--devices",
            "cpu:1",
            "--port",
            "0",
            "--http",
            "127.0.0.1:0",
            "--cache",
            folder.File("cache")
        );
        const string At = "HTTP at ";
        var line = await node.LineAsync(l => l.Contains(At, StringComparison.Ordinal));
        using var client = new ApiClient([new Uri(line[(line.IndexOf(At, StringComparison.Ordinal) + At.Length)..])]);
        await client.SendAsync<SubmissionView>(
            HttpMethod.Post,
            "/api/v1/sweeps?preflight=false",
            () => ApiClient.Text(Sweep, "application/yaml"),
            CancellationToken.None
        );

        foreach (var (item, seen) in _expected)
        {
            await seen.Task.WaitAsync(Patience).ContinueWith(t => t.IsFaulted.ShouldBeFalse($"no {item} came"));
        }
    }

    // Names are plain text within the messages.
    private async Task<IResult> TakeAsync(string signal, HttpRequest request)
    {
        request.ContentType.ShouldBe("application/x-protobuf");
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var text = Encoding.Latin1.GetString(body.ToArray());
        foreach (var (item, seen) in _expected)
        {
            var (kind, name) = (item.Split(": ")[0], item.Split(": ")[1]);
            if (kind == signal && text.Contains(name, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        }

        return Microsoft.AspNetCore.Http.Results.Bytes([], "application/x-protobuf");
    }
}
