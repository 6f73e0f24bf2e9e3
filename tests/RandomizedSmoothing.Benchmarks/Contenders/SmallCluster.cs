using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using RandomizedSmoothing.Cli.Tests;
using RandomizedSmoothing.Cli.Tests.Cluster;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Benchmarks.Contenders;

/// <summary>A control process and one or two worker processes on loopback, each worker on a core of its own, and a long sweep.</summary>
internal sealed class SmallCluster : IAsyncDisposable
{
    // Many short images, so that votes are recorded several times a second; more than anybody waits for.
    private const string Sweep = """
        name: benchmark
        datasets:
          - { name: digits }
        models:
          - name: conv
            architecture: small-conv
            train: { sigmas: [0.25], epochs: 1 }
        sigmas: [0.12, 0.25, 0.5, 1]
        certify: { n0: 100, n: 20000, alpha: 0.001 }
        """;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private readonly string _folder = Directory.CreateTempSubdirectory("rsmooth-bench-").FullName;
    private readonly string _address = FreeAddress();
    private readonly Uri _http = new($"http://{FreeAddress()}");
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<RsmoothProcess> _processes = [];
    private string _sweep = "";

    /// <summary>Starts control node and first worker, and the sweep on it.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Start("control", null, _http.Authority, "--rate-limit", "100000");
        await UntilAsync(async () => (await AskAsync("/health/ready"))?.IsSuccessStatusCode == true, cancellation);
        StartWorker(0);
        using var text = new StringContent(Sweep, null, "application/yaml");
        using var answer = await _client.PostAsync(new Uri(_http, "/api/v1/sweeps"), text, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"the sweep was refused: {await answer.Content.ReadAsStringAsync(cancellation)}"
            );
        }

        _sweep = (await answer.Content.ReadFromJsonAsync<SubmissionView>(ApiJson.Options, cancellation))!.Id;
        await UntilAsync(async () => await DrawsAsync() > 0, cancellation);
    }

    /// <summary>Adds the second worker, and waits until it computes.</summary>
    public async Task AddWorkerAsync(CancellationToken cancellation)
    {
        StartWorker(1);
        await UntilAsync(
            async () =>
                (await ReadAsync<IReadOnlyList<WorkerInfo>>("/api/v1/workers"))?.Any(worker =>
                    worker.Name == "worker-1" && worker.Devices.Any(device => device.Work is not null)
                ) == true,
            cancellation
        );
    }

    /// <summary>Ends the second worker as an operator would.</summary>
    public async Task RemoveWorkerAsync(CancellationToken cancellation)
    {
        await _processes[^1].SignalAsync("TERM");
        await _processes[^1].ExitAsync().WaitAsync(cancellation);
        await _processes[^1].DisposeAsync();
        _processes.RemoveAt(_processes.Count - 1);
    }

    /// <summary>Recorded draws a second, from one report of progress to another at least so many seconds later.</summary>
    public async Task<double> RateAsync(double seconds, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var (start, first) = await NextAsync(watch, cancellation);

        // Nobody asks in between: the control node shares its core with a worker.
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
        var (end, last) = await NextAsync(watch, cancellation);
        return (last - first) / (end - start);
    }

    /// <summary>What <c>rsmooth load-test</c> says.</summary>
    public async Task<JsonElement> LoadTestAsync(int seconds, CancellationToken cancellation)
    {
        await using var test = RsmoothProcess.Start(
            _folder,
            "load-test",
            _sweep,
            "--cluster",
            _http.ToString(),
            "--streams",
            "50",
            "--requests",
            "200",
            "--seconds",
            $"{seconds}",
            "--warm-up",
            $"{seconds}",
            "--pairs",
            "0",
            "--output",
            "json"
        );
        await test.ExitAsync().WaitAsync(cancellation);
        return test.Output.Length > 0
            ? JsonDocument.Parse(test.Output).RootElement
            : throw new InvalidOperationException($"the load test failed: {test.Error}");
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _processes.Count - 1; i >= 0; i--)
        {
            await _processes[i].DisposeAsync();
        }

        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string FreeAddress() => $"127.0.0.1:{LoopbackPorts.Take()}";

    private void StartWorker(int number) =>
        Start("worker", number, FreeAddress(), "--control-http", _http.ToString(), "--devices", "cpu:1");

    private void Start(string role, int? core, string http, params string[] more)
    {
        var name = core is { } number ? $"{role}-{number}" : role;
        var cache = Path.Combine(_folder, name);
        Directory.CreateDirectory(cache);
        string[] pin = core is not null && File.Exists("/usr/bin/taskset") ? ["/usr/bin/taskset", "-c", $"{core}"] : [];
        var own = role == "control" ? _address : FreeAddress();
        _processes.Add(
            RsmoothProcess.StartIn(
                _folder,
                new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" },
                pin,
                [
                    "node",
                    "--roles",
                    role,
                    "--name",
                    name,
                    "--host",
                    "127.0.0.1",
                    "--port",
                    own.Split(':')[1],
                    "--seed",
                    _address,
                    "--http",
                    http,
                    "--cache",
                    cache,
                    .. more,
                ]
            )
        );
    }

    private async Task<(double Seconds, long Draws)> NextAsync(Stopwatch watch, CancellationToken cancellation)
    {
        var before = await DrawsAsync();
        var now = before;
        await UntilAsync(async () => (now = await DrawsAsync()) > before, cancellation);
        return (watch.Elapsed.TotalSeconds, now);
    }

    private async Task<long> DrawsAsync() =>
        (await ReadAsync<SweepDetail>($"/api/v1/sweeps/{_sweep}"))?.Progress?.Draws ?? 0;

    private async Task<T?> ReadAsync<T>(string path)
    {
        using var answer = await AskAsync(path);
        return answer is { IsSuccessStatusCode: true }
            ? await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options)
            : default;
    }

    private async Task<HttpResponseMessage?> AskAsync(string path)
    {
        try
        {
            return await _client.GetAsync(new Uri(_http, path));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    private async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Between);
        while (!await holds())
        {
            if (_processes.Find(process => process.HasEnded) is { } ended)
            {
                throw new InvalidOperationException($"a node ended: {ended.Error.TrimEnd().Split('\n')[^1]}");
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
