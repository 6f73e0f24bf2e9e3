using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Api;

/// <summary>A whole node in the test process: control and worker on loopback, real devices, SQLite.</summary>
public sealed class RunningNode : IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private NodeHost? _node;

    public Uri Address => _node!.Http;

    /// <summary>The directory of whose files submitted sweeps may speak.</summary>
    public string Offered => Path.Combine(_scratch.Path, "offered");

    /// <summary>Where the node stages large answers.</summary>
    public string Exports => Path.Combine(_scratch.Path, "exports");

    /// <summary>The node's ledger.</summary>
    public string Ledger => Path.Combine(_scratch.Path, "ledger.db");

    public ApiClient Client { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["cache"] = [_scratch.Path],
            ["port"] = ["0"],
            ["http"] = ["127.0.0.1:0"],
            ["devices"] = ["cpu:1"],
            ["name"] = ["the-worker"],
            ["submitted-files"] = [Offered],
        };
        Directory.CreateDirectory(Offered);
        var options = NodeOptionsReader.Read(flags, new Dictionary<string, string>());
        _node = await NodeHost.StartAsync(options, new NodeParts { Logging = logging => logging.ClearProviders() });
        Client = new ApiClient([Address]);
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        await Eventually.Async(
            async () => (await Http.GetAsync("/health/ready")).IsSuccessStatusCode,
            "the node is ready"
        );
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await _node!.DisposeAsync();
        _scratch.Dispose();
    }

    /// <summary>Submits a sweep and follows it to its end.</summary>
    public async Task<(SubmissionView Sweep, ProgressView Last)> RunAsync(string yaml)
    {
        var sweep = await SubmitAsync(yaml);
        var last = await FollowAsync(sweep.Id);
        return (sweep, last);
    }

    public Task<SubmissionView> SubmitAsync(string yaml) =>
        Client.SendAsync<SubmissionView>(
            HttpMethod.Post,
            "/api/v1/sweeps",
            () => ApiClient.Text(yaml, "application/yaml"),
            CancellationToken.None
        );

    public async Task<ProgressView> FollowAsync(string id)
    {
        ProgressView? last = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await foreach (var item in Client.EventsAsync($"/api/v1/sweeps/{id}/progress", limit.Token))
        {
            if (item.EventType == ProgressStream.ProgressEvent)
            {
                last = System.Text.Json.JsonSerializer.Deserialize<ProgressView>(item.Data, ApiJson.Options);
            }
        }

        return last!;
    }

    /// <summary>A sweep file of two cells over a few digits.</summary>
    public static string Small(string name, int draws, int images = 6) =>
        $$"""
            name: {{name}}
            seed: 7
            datasets: [{ name: digits, max: {{images}} }]
            models: [{ name: conv, architecture: small-conv, train: { sigmas: [0.25], epochs: 1 } }]
            sigmas: [0.25, 0.5]
            certify: { n0: 10, n: {{draws}}, alpha: 0.01 }
            """;
}
