using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Api;

namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>
/// A control node and a worker with one device, as processes on loopback with folders to throw away, and a sweep that outlasts
/// the test.
/// </summary>
internal sealed class OwnCluster : IAsyncDisposable
{
    /// <summary>Twelve cells, so that progress has a usual length; one short training.</summary>
    private const string File = """
        name: load-test
        datasets: [{ name: digits, split: test }]
        models: [{ name: net, architecture: small-conv, train: { sigmas: [0.25], epochs: 1, maxImages: 640 } }]
        sigmas: [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.75, 1]
        certify: { n: 1000000 }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rsmooth-load-test-");
    private readonly List<ChildNode> _nodes = [];
    private ApiClient? _client;

    private OwnCluster() { }

    /// <summary>Speaks to the control node.</summary>
    public ApiClient Client => _client!;

    /// <summary>The running sweep.</summary>
    public string Sweep { get; private set; } = "";

    /// <summary>Processor time of the control node.</summary>
    public TimeSpan ControlTime() => _nodes[0].ProcessorTime;

    /// <summary>Processor time of the worker.</summary>
    public TimeSpan WorkerTime() => _nodes[1].ProcessorTime;

    /// <summary>Starts the nodes and the sweep; returns when draws are recorded.</summary>
    public static async Task<OwnCluster> StartAsync(LoadPlan plan, TimeProvider time, CancellationToken cancellation)
    {
        var cluster = new OwnCluster();
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await cluster.StartNodesAsync(plan, either.Token);
            await cluster.StartSweepAsync(time, either.Token);
            return cluster;
        }
        catch (Exception error)
        {
            await cluster.DisposeAsync();
            if (error is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new UserErrorException(
                    $"The nodes of the test did not count a single draw within {Patience.TotalMinutes:0} minutes; 'rsmooth doctor' looks for the reason.",
                    error
                )
                {
                    ExitCode = ExitCodes.Error,
                };
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartNodesAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var control = Start("control", "--rate-limit", $"{10 * (plan.Rate + plan.Streams)}");
        var (address, http) = await control.AddressesAsync(cancellation);
        _client = new ApiClient([http]);
        Start("worker", "--devices", "cpu:1", "--seed", address, "--control-http", http.ToString());
    }

    private ChildNode Start(string role, params string[] arguments)
    {
        var node = new ChildNode([
            "--roles",
            role,
            "--name",
            role,
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--http",
            "127.0.0.1:0",
            "--cache",
            Path.Combine(_folder.FullName, role),
            .. arguments,
        ]);
        _nodes.Add(node);
        return node;
    }

    private async Task StartSweepAsync(TimeProvider time, CancellationToken cancellation)
    {
        var view = await Client.SendAsync<SubmissionView>(
            HttpMethod.Post,
            "/api/v1/sweeps?preflight=false",
            () => ApiClient.Text(File, "application/yaml"),
            cancellation
        );
        Sweep = view.Id;
        while (true)
        {
            var detail = await Client.GetAsync<SweepDetail>($"/api/v1/sweeps/{Sweep}", cancellation);
            if (detail.Progress is { Draws: > 0 })
            {
                return;
            }

            if (detail.Sweep.State is not (SweepState.Pending or SweepState.Running))
            {
                throw new UserErrorException($"The sweep of the test is {detail.Sweep.State}: {detail.Sweep.Reason}")
                {
                    ExitCode = ExitCodes.Error,
                };
            }

            await Task.Delay(BetweenLooks, time, cancellation);
        }
    }
}
