using Xunit.Abstractions;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>A worker whose network is bad, or is cut and comes back.</summary>
[Collection(SurvivalFixture.Name)]
public sealed class PartitionTests(SurvivalFixture fixture, ITestOutputHelper print)
{
    [SkippableFact]
    public async Task A_worker_that_was_cut_off_ends_itself_and_comes_back_as_a_new_one()
    {
        Skip.If(PostgresServer.Unavailable is not null, PostgresServer.Unavailable);
        await using var network = await CutNetwork.CreateAsync();
        Skip.If(network is null, "This process may not make network namespaces (that takes root and the program ip).");
        await using var cluster = await ProcessCluster.StartAsync(workers: 1, CutNetwork.Here);
        var (scenario, remote) = await BeginAsync(cluster, "partition");
        await cluster.WaitAsync(
            async () => await cluster.Records.DrawsOfAsync(remote.Name) > 0 && await scenario.IsBusyAsync(remote),
            "the remote worker is in the middle of a shard"
        );

        await network!.CutAsync();
        var requeued = await cluster.WaitAsync(
            async () => await scenario.RequeuedAsync() > 0,
            "the work of the worker that was cut off is handed on"
        );
        var code = await remote.Process.ExitAsync();
        await network.HealAsync();
        await cluster.RestoreAsync();
        await scenario.EndAsync();

        code.ShouldBe(ExitCodes.Error, remote.Process.Error);
        requeued.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        scenario.Print($"network cut: its work was queued again after {requeued.TotalSeconds:0.0} s");
    }

    [SkippableFact]
    public async Task A_worker_behind_a_narrow_cable_that_loses_packets_counts_as_any_other()
    {
        Skip.If(PostgresServer.Unavailable is not null, PostgresServer.Unavailable);
        await using var network = await CutNetwork.CreateAsync();
        Skip.If(network is null, "This process may not make network namespaces (that takes root and the program ip).");
        Skip.IfNot(await CutNetwork.SpoilAsync(), "This system has no iptables, or no tc, that spoils a cable.");
        await using var cluster = await ProcessCluster.StartAsync(workers: 1, CutNetwork.Here);
        var (scenario, remote) = await BeginAsync(cluster, "bad-cable");
        await cluster.WaitAsync(
            async () => await cluster.Records.DrawsOfAsync(remote.Name) > 0,
            "votes come through the bad cable"
        );
        await scenario.EndAsync();

        scenario.Print(
            $"bad cable: {await cluster.Records.DrawsOfAsync(remote.Name)} draws came through it, and work was handed on {await scenario.RequeuedAsync()} times"
        );
    }

    // A sweep that one worker here and one in the other network share.
    private async Task<(Scenario Scenario, NodeSlot Remote)> BeginAsync(ProcessCluster cluster, string name)
    {
        var remote = cluster.AddWorker(CutNetwork.There, CutNetwork.Name);
        var sigmas = SurvivalFixture.Sigmas[..2];
        var scenario = new Scenario(cluster, fixture.Reference, SurvivalSweep.Usual, sigmas, print);
        await scenario.BeginAsync(name);
        return (scenario, remote);
    }
}
