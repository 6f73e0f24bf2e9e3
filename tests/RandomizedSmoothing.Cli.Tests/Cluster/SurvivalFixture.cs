namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>
/// What the tests of killed processes share: the votes of an undisturbed run, and one cluster that every scenario finds and
/// leaves whole. They run one after another.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SurvivalFixture : ICollectionFixture<SurvivalFixture>, IAsyncLifetime
{
    public const string Name = "survival";

    /// <summary>The cells of the reference; each scenario takes its own.</summary>
    public static readonly double[] Sigmas = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.45];

    private readonly ScratchFolder _folder = new();

    internal ReferenceVotes Reference { get; private set; } = null!;

    internal ProcessCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (PostgresServer.Unavailable is null)
        {
            Reference = await ReferenceVotes.CountAsync(_folder.Path, SurvivalSweep.Usual.Text("reference", Sigmas));
            Cluster = await ProcessCluster.StartAsync(workers: 2);
        }
    }

    public async Task DisposeAsync()
    {
        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }

        _folder.Dispose();
    }
}
