using System.Net.Http.Json;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;
using RandomizedSmoothing.Node.Operations.Http;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>A cluster through the API of whichever control node answers. A question that none answers just now gives null.</summary>
internal sealed class ClusterView : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly IReadOnlyList<Uri> _nodes;
    private readonly HttpClient _http = new() { Timeout = Patience };

    public ClusterView(IReadOnlyList<Uri> nodes)
    {
        _nodes = nodes;
    }

    /// <summary>Submits a sweep; null while no node takes it.</summary>
    public async Task<string?> SubmitAsync(string sweep)
    {
        foreach (var node in _nodes)
        {
            using var content = new StringContent(sweep, null, "application/yaml");
            using var answer = await TryAsync(() => _http.PostAsync(new Uri(node, "/api/v1/sweeps"), content));
            if (answer is { IsSuccessStatusCode: true })
            {
                var view = await answer.Content.ReadFromJsonAsync<SubmissionView>(ApiJson.Options);
                return view!.Id;
            }

            ((int?)answer?.StatusCode ?? 503).ShouldBeGreaterThanOrEqualTo(500, answer?.ToString());
        }

        return null;
    }

    /// <summary>What every node says of its health, a line each.</summary>
    public async Task<string> HealthAsync(IEnumerable<NodeSlot> nodes)
    {
        var lines = new List<string>();
        foreach (var node in nodes)
        {
            using var answer = node.IsFrozen
                ? null
                : await TryAsync(() => _http.GetAsync(new Uri(node.Http, "/health/ready")));
            var said = answer is null ? "no answer" : await answer.Content.ReadAsStringAsync();
            lines.Add($"{node.Name}{(node.IsFrozen ? " (frozen)" : "")}{(node.IsRunning ? "" : " (ended)")}: {said}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>Pauses or resumes a sweep.</summary>
    public async Task CommandAsync(string sweep, string verb)
    {
        using var answer = await _http.PostAsync(new Uri(_nodes[0], $"/api/v1/sweeps/{sweep}/{verb}"), null);
        answer.EnsureSuccessStatusCode();
    }

    public Task<SweepDetail?> ShowAsync(string sweep) => GetAsync<SweepDetail>($"/api/v1/sweeps/{sweep}");

    public async Task<bool> IsFinalAsync(string sweep) =>
        await ShowAsync(sweep)
            is { Sweep.State: SweepState.Completed or SweepState.CompletedWithGaps or SweepState.Failed };

    public Task<IReadOnlyList<WorkerInfo>?> WorkersAsync() => GetAsync<IReadOnlyList<WorkerInfo>>("/api/v1/workers");

    /// <summary>What a worker's device is doing; null when nothing, or unknown.</summary>
    public async Task<string?> WorkOfAsync(string worker) =>
        (await WorkersAsync())?.FirstOrDefault(w => w.Name == worker)?.Devices[0].Work;

    /// <summary><c>votes.csv</c> of a sweep.</summary>
    public async Task<string?> VotesAsync(string sweep)
    {
        foreach (var node in _nodes)
        {
            using var answer = await TryAsync(() => _http.GetAsync(new Uri(node, $"/api/v1/sweeps/{sweep}/votes")));
            if (answer is { IsSuccessStatusCode: true })
            {
                return await answer.Content.ReadAsStringAsync();
            }
        }

        return null;
    }

    /// <summary>The address between nodes of the coordinator's node.</summary>
    public async Task<string?> CoordinatorAsync()
    {
        foreach (var node in _nodes)
        {
            using var http = new HttpClient { BaseAddress = node, Timeout = Patience };
            try
            {
                await foreach (
                    var line in new ConsoleClient(http).RunAsync("cluster show -o json", CancellationToken.None)
                )
                {
                    foreach (var member in Members(line.Text))
                    {
                        if (member.GetProperty("coordinator").GetBoolean())
                        {
                            return member.GetProperty("address").GetString();
                        }
                    }
                }
            }
            catch (Exception e) when (e is UserErrorException or TaskCanceledException)
            {
                // The next node may answer.
            }
        }

        return null;
    }

    private static IEnumerable<JsonElement> Members(string line)
    {
        if (!line.StartsWith('[') && !line.StartsWith('{'))
        {
            return [];
        }

        var document = JsonDocument.Parse(line).RootElement;
        return document.ValueKind == JsonValueKind.Array ? document.EnumerateArray() : [document];
    }

    /// <summary>Whether every control node is ready and exactly these workers are there, able to work.</summary>
    public async Task<bool> IsWholeAsync(IEnumerable<NodeSlot> controls, IReadOnlyCollection<string> workers)
    {
        return await AllReadyAsync(controls)
            && await WorkersAsync() is { } present
            && present.Where(w => !w.Draining).Select(w => w.Name).ToHashSet().SetEquals(workers);
    }

    /// <summary>Whether every one of these nodes is ready.</summary>
    public async Task<bool> AllReadyAsync(IEnumerable<NodeSlot> nodes)
    {
        foreach (var node in nodes)
        {
            using var answer = node.IsFrozen
                ? null
                : await TryAsync(() => _http.GetAsync(new Uri(node.Http, "/health/ready")));
            if (answer is not { IsSuccessStatusCode: true })
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => _http.Dispose();

    private async Task<T?> GetAsync<T>(string path)
        where T : class
    {
        foreach (var node in _nodes)
        {
            using var answer = await TryAsync(() => _http.GetAsync(new Uri(node, path)));
            if (answer is { IsSuccessStatusCode: true })
            {
                return await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options);
            }
        }

        return null;
    }

    private static async Task<HttpResponseMessage?> TryAsync(Func<Task<HttpResponseMessage>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
