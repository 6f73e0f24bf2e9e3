using System.Globalization;
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
    private const int Images = 6000;

    /// <summary>More draws an image than a device of one thread makes in the time divided by the images.</summary>
    private const int MostPerSecond = 600_000;
    private const int FewestDraws = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rsmooth-load-test-");
    private readonly List<ChildNode> _nodes = [];
    private ApiClient? _client;

    private readonly ProcessorShares? _shares;

    private OwnCluster(ProcessorShares? shares) => _shares = shares;

    /// <summary>Speaks to the control node.</summary>
    public ApiClient Client => _client!;

    /// <summary>The running sweep.</summary>
    public string Sweep { get; private set; } = "";

    /// <summary>Its processes.</summary>
    public OwnProcesses Processes =>
        new(
            () => _nodes[0].ProcessorTime,
            () => _nodes[1].ProcessorTime,
            _shares is { } shares
                ? $"worker {shares.Worker}; control node and readers {shares.Others}"
                : "shared by all"
        );

    /// <summary>Starts the nodes and the sweep; returns when draws are recorded.</summary>
    public static async Task<OwnCluster> StartAsync(
        LoadPlan plan,
        ProcessorShares? shares,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var cluster = new OwnCluster(shares);
        shares?.Enter();
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await cluster.StartNodesAsync(plan, either.Token);
            await cluster.StartSweepAsync(plan, time, either.Token);
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
        _shares?.Leave();
    }

    private async Task StartNodesAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var control = Start("control", _shares?.Others, "--rate-limit", $"{10 * (plan.Rate + plan.Streams)}");
        var (address, http) = await control.AddressesAsync(cancellation);
        _client = new ApiClient([http]);
        Start("worker", _shares?.Worker, "--devices", "cpu:1", "--seed", address, "--control-http", http.ToString());
    }

    /// <summary>
    /// Twelve cells, so that progress has a usual length; one short training; images that take a fraction of a second each, so
    /// that the recorded draws grow in small steps.
    /// </summary>
    private static string File(LoadPlan plan) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            name: load-test
            datasets: [{ name: digits, split: test }]
            models: [{ name: net, architecture: small-conv, train: { sigmas: [0.25], epochs: 1, maxImages: 640 } }]
            sigmas: [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.75, 1]
            certify: { n: {{Math.Max(FewestDraws, (long)(plan.Total.TotalSeconds * MostPerSecond / Images))}} }
            """
        );

    private ChildNode Start(string role, string? processors, params string[] arguments)
    {
        var node = new ChildNode(
            [
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
                "--log-level",
                "warning",
                .. arguments,
            ],
            processors is null ? [] : ProcessorShares.Launcher(processors)
        );
        _nodes.Add(node);
        return node;
    }

    private async Task StartSweepAsync(LoadPlan plan, TimeProvider time, CancellationToken cancellation)
    {
        var view = await Client.SendAsync<SubmissionView>(
            HttpMethod.Post,
            "/api/v1/sweeps?preflight=false",
            () => ApiClient.Text(File(plan), "application/yaml"),
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
