using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Tests;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Dashboard;

/// <summary>A whole node with imaginary devices that count a shard when the test says so, and a real browser before it.</summary>
public sealed class DashboardNode : IAsyncLifetime
{
    /// <summary>Sweeps whose name begins so count shard by shard as <see cref="LetCount"/> says; others at once.</summary>
    public const string Held = "held";

    private readonly ScratchDirectory _folder = new();
    private readonly SemaphoreSlim _shards = new(0);
    private readonly Chromium _chromium = new();
    private NodeHost _node = null!;

    public static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token;

    public ISweepClient Sweeps => _node.Services.GetRequiredService<ISweepClient>();

    public ISweepLedger Ledger => _node.Services.GetRequiredService<ISweepLedger>();

    /// <summary>The ledger's disk.</summary>
    public FullLedger Disk => (FullLedger)(object)Ledger;

    public Uri Address => _node.Http;

    public async Task InitializeAsync()
    {
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["cache"] = [_folder.Path],
            ["port"] = ["0"],
            ["http"] = ["127.0.0.1:0"],
            ["name"] = ["worker-a"],
            ["drain-timeout"] = ["5s"],
        };
        _node = await NodeHost.StartAsync(
            NodeOptionsReader.Read(flags, new Dictionary<string, string>()),
            new NodeParts
            {
                Logging = logging => logging.ClearProviders(),
                Runners = _ => new FakeDevices(2)
                {
                    DrawsPerReport = 1000,
                    BeforeShard = Wait,
                    Corrupt = Plausible,
                },
                Additions = (_, services) => WrapLedger(services),
            }
        );
        using var http = new HttpClient { BaseAddress = Address };
        await Eventually.Async(
            async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode,
            "the node is ready"
        );
    }

    public async Task DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await _node.DisposeAsync();
        _shards.Dispose();
        _folder.Dispose();
    }

    /// <summary>A page of a browser of its own state; the test is skipped where there is no Chromium.</summary>
    public Task<IPage> OpenAsync(string path, int width = 1280, int height = 900, bool dark = false) =>
        _chromium.OpenAsync(Address, path, width, height, dark);

    /// <summary>Lets devices count so many shards of held sweeps.</summary>
    public void LetCount(int shards) => _shards.Release(shards);

    /// <summary>Submits a sweep.</summary>
    /// <param name="id">Id and name.</param>
    /// <param name="images">Images of each of its three cells.</param>
    /// <param name="votes">Sweeps of the same votes share them.</param>
    public async Task<SweepId> SubmitAsync(string id, int images = 60, string? votes = null)
    {
        // A test that is skipped only later would leave its sweep to the others.
        Chromium.Require();
        var sweep = Sweep(id, images, votes);
        await Sweeps.SubmitAsync(sweep, Limit);
        return sweep.Id;
    }

    /// <summary>Waits for the end of a sweep.</summary>
    public async Task EndAsync(SweepId sweep)
    {
        await foreach (var progress in Sweeps.WatchAsync(sweep, Limit))
        {
            progress.State.ShouldNotBe(SweepState.Failed);
        }
    }

    /// <summary>Puts sweeps into the ledger that have ended long ago, as one with a long history has them.</summary>
    public Task RememberAsync(int sweeps, string name) =>
        Task.WhenAll(
            Enumerable
                .Range(0, sweeps)
                .Select(async number =>
                {
                    var sweep = Sweep($"{name}-{number}", 60, name);
                    var state = (number % 10) switch
                    {
                        3 => SweepState.Cancelled,
                        7 => SweepState.CompletedWithGaps,
                        _ => SweepState.Completed,
                    };
                    var progress = new SweepProgress
                    {
                        Sweep = sweep.Id,
                        Name = sweep.Name,
                        State = state,
                        Cells =
                        [
                            .. sweep.Cells.Select(c => new CellProgress(
                                c.Id,
                                state == SweepState.Completed ? 60 : 44,
                                60,
                                606_000,
                                0
                            )),
                        ],
                    };
                    await Ledger.AddSweepAsync(sweep, Limit);
                    await Ledger.SaveStateAsync(sweep.Id, state, null, 0, progress, null, Limit);
                })
        );

    private static SweepDefinition Sweep(string id, int images, string? votes)
    {
        var sweep = TestSweeps.Sweep(
            id,
            cells: 3,
            images: images,
            n0: 100,
            n: 10_000,
            shardImages: 20,
            voteSalt: votes ?? id
        );
        return sweep with { Datasets = [sweep.Datasets[0] with { ClassNames = ["heron", "ibis", "kite", "lark"] }] };
    }

    private void Wait(ShardAssignment assignment, CancellationToken cancellation)
    {
        if (assignment.Sweep.Name.StartsWith(Held, StringComparison.Ordinal))
        {
            _shards.Wait(cancellation);
        }
    }

    private static void WrapLedger(IServiceCollection services)
    {
        var own = services.Single(s => s.ServiceType == typeof(ISweepLedger)).ImplementationFactory!;
        services.AddSingleton(provider => FullLedger.Over((ISweepLedger)own(provider)).Ledger);
    }

    // Images differ in how sure the classifier is of them, from a coin's toss to certainty.
    private static VoteSnapshot Plausible(VoteSnapshot snapshot)
    {
        var total = snapshot.Counts.Total;
        var sureness = snapshot.ImageIndex / 3 * 0.61803 % 1;
        var label = snapshot.ImageIndex / 3 % TestSweeps.Classes;
        var counts = new long[TestSweeps.Classes];
        counts[label] = (long)(total * (0.45 + 0.55 * Math.Sqrt(sureness)));
        counts[(label + 1) % TestSweeps.Classes] = total - counts[label];
        return snapshot with { Counts = new VoteCounts(counts) };
    }
}
