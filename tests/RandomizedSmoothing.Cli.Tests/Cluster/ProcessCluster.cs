using System.Diagnostics;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>Three control processes, workers and a PostgreSQL on loopback: a cluster whose members can be killed for real.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    /// <summary>After how long a silent device loses its work.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private readonly ScratchFolder _folder = new();
    private readonly List<NodeSlot> _slots = [];

    private readonly string _host;

    private ProcessCluster(PostgresServer database, string host)
    {
        Database = database;
        _host = host;
        for (var i = 0; i < 3; i++)
        {
            _slots.Add(new NodeSlot($"control-{i}", "control", _folder.Path, host));
        }

        Api = new ClusterView([.. Controls.Select(slot => slot.Http)]);
        Records = new LedgerProbe(database.ConnectionString);
    }

    public PostgresServer Database { get; }

    /// <summary>The cluster as its API shows it.</summary>
    public ClusterView Api { get; }

    /// <summary>The ledger as the database has it.</summary>
    public LedgerProbe Records { get; }

    public IEnumerable<NodeSlot> Controls => _slots.Where(slot => slot.IsControl);

    public IEnumerable<NodeSlot> Workers => _slots.Where(slot => !slot.IsControl);

    /// <summary>Starts a cluster whose nodes listen on an address of this machine, and waits until it is whole.</summary>
    public static async Task<ProcessCluster> StartAsync(int workers, string host = "127.0.0.1")
    {
        var cluster = new ProcessCluster(await PostgresServer.StartAsync(), host);
        for (var i = 0; i < workers; i++)
        {
            cluster.AddWorker();
        }

        await cluster.RestoreAsync();
        return cluster;
    }

    /// <summary>A place for one more worker, not started yet.</summary>
    public NodeSlot AddWorker() => AddWorker(_host, null);

    /// <summary>A place for one more worker in a network of its own.</summary>
    public NodeSlot AddWorker(string host, string? networkNamespace)
    {
        var slot = new NodeSlot($"worker-{Workers.Count()}", "worker", _folder.Path, host, networkNamespace);
        _slots.Add(slot);
        return slot;
    }

    /// <summary>Gives a place up.</summary>
    public async Task RemoveAsync(NodeSlot slot)
    {
        _slots.Remove(slot);
        await slot.DisposeAsync();
    }

    public void Start(NodeSlot slot)
    {
        string[] seeds = [.. Controls.SelectMany(control => new[] { "--seed", control.Address })];
        string[] times = ["--lease", $"{Lease.TotalSeconds}s", "--stable-after", "3s", "--drain-timeout", "20s"];
        string[] files = [.. Controls.SelectMany(control => new[] { "--control-http", control.Http.ToString() })];
        // The connection comes by a variable, as a secret does.
        var environment = new Dictionary<string, string>();
        if (slot.IsControl)
        {
            environment["RSMOOTH_LEDGER"] = Database.Ledger;
            // Nobody else reaches the addresses of a test.
            environment["RSMOOTH_ALLOW_ANYONE_TO_OPERATE"] = $"{_host != "127.0.0.1"}".ToLowerInvariant();
        }

        slot.Start([.. seeds, .. times, .. files], environment);
    }

    /// <summary>Starts <c>rsmooth watch</c>, which knows all control nodes.</summary>
    public RsmoothProcess Watch(string sweep) =>
        RsmoothProcess.StartIn(
            _folder.Path,
            new Dictionary<string, string> { ["RSMOOTH_CLUSTER"] = string.Join(',', Controls.Select(c => c.Http)) },
            "watch",
            sweep
        );

    /// <summary>Starts what does not run, and waits until every node does its part.</summary>
    public async Task RestoreAsync()
    {
        foreach (var slot in _slots.Where(slot => slot.IsFrozen && slot.IsRunning))
        {
            await slot.ThawAsync();
        }

        await WaitAsync(
            async () =>
            {
                StartWhatEnded();
                return await Api.IsWholeAsync(Controls, [.. Workers.Select(slot => slot.Name)]);
            },
            "all nodes are ready and all workers registered"
        );
    }

    /// <summary>Starts every node that does not run, as a supervisor does; also one that the others have put out.</summary>
    public void StartWhatEnded()
    {
        foreach (var slot in _slots.Where(slot => !slot.IsRunning))
        {
            Start(slot);
        }
    }

    /// <summary>The control node whose turn it is to coordinate.</summary>
    public async Task<NodeSlot> CoordinatorAsync()
    {
        NodeSlot? found = null;
        await WaitAsync(
            async () =>
            {
                var address = await Api.CoordinatorAsync();
                found = Controls.FirstOrDefault(slot => slot.Address == address);
                return found is not null;
            },
            "a coordinator is known"
        );
        return found!;
    }

    /// <summary>Looks until something holds; says how long that took.</summary>
    public async Task<TimeSpan> WaitAsync(Func<Task<bool>> holds, string what, TimeSpan? patience = null)
    {
        var watch = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(Between);
        try
        {
            while (!await holds())
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"Waited {watch.Elapsed.TotalSeconds:0} s in vain until {what}.\n{await Api.HealthAsync(_slots)}\n{await Records.HistoryAsync()}\n{Logs()}"
            );
        }

        return watch.Elapsed;
    }

    /// <summary>The last lines that every process wrote.</summary>
    public string Logs() =>
        string.Join(
            '\n',
            _slots
                .Where(slot => slot.HasStarted)
                .Select(slot =>
                    $"--- {slot.Name}{(slot.IsRunning ? "" : " (ended)")}\n"
                    + string.Join('\n', slot.Process.Error.Split('\n').TakeLast(25))
                )
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _slots)
        {
            await slot.DisposeAsync();
        }

        Api.Dispose();
        await Records.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
