using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.DependencyInjection;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests;

/// <summary>Nodes on loopback with short times, and what tests ask of them.</summary>
internal static class TestNodes
{
    /// <summary>Every message is serialized, also within a process.</summary>
    private const string Strict = "akka.actor.serialize-messages = on";

    public static ClusterOptions Options() =>
        new()
        {
            LeaseDuration = TimeSpan.FromSeconds(20),
            ResendAfter = TimeSpan.FromMilliseconds(500),
            FailureBackoff = TimeSpan.FromMilliseconds(10),
            StableAfter = TimeSpan.FromSeconds(2),
            DrainTimeout = TimeSpan.FromSeconds(10),
            Software = new Dictionary<string, string> { ["imaginary"] = "1.0" },
            Hocon = Strict,
        };

    /// <summary>Times of a test's own on a cluster of several nodes, which must notice the death of one soon.</summary>
    public static ClusterOptions Several() =>
        Options() with
        {
            StableAfter = TimeSpan.FromSeconds(1),
            // Longer than a busy machine takes to find a new coordinator: a device that keeps its lease recounts nothing.
            LeaseDuration = TimeSpan.FromSeconds(60),
            Hocon = """
                akka.cluster {
                  gossip-interval = 200ms
                  leader-actions-interval = 200ms
                  periodic-tasks-initial-delay = 100ms
                  failure-detector {
                    heartbeat-interval = 200ms
                    acceptable-heartbeat-pause = 8s
                  }
                  distributed-data.gossip-interval = 200ms
                  singleton.hand-over-retry-interval = 200ms
                }
                """,
        };

    /// <summary>Starts a node that joins the cluster of another.</summary>
    public static Task<SweepCluster> JoinAsync(
        SweepCluster seed,
        ClusterOptions options,
        ISweepLedger? ledger,
        FakeDevices? devices,
        CancellationToken limit,
        NodeLog? log = null
    )
    {
        var address = Akka.Cluster.Cluster.Get(SystemOf(seed)).SelfAddress;
        var seeds = new[] { string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}") };
        return SweepCluster.StartAsync(options with { Seeds = seeds }, ledger, devices, log, cancellation: limit);
    }

    /// <summary>Starts a worker of another node's cluster.</summary>
    public static Task<SweepCluster> JoinAsWorkerAsync(
        SweepCluster seed,
        FakeDevices devices,
        CancellationToken limit,
        NodeLog? log = null
    ) => JoinAsync(seed, Several() with { Roles = [ClusterOptions.WorkerRole] }, null, devices, limit, log);

    /// <summary>
    /// Waits until every node sees all of them as members. Before that a majority of those that are could be another one.
    /// </summary>
    public static async Task KnowEachOtherAsync(IReadOnlyCollection<SweepCluster> nodes, CancellationToken limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!nodes.All(node => MembersOf(node) == nodes.Count))
        {
            await timer.WaitForNextTickAsync(limit);
        }
    }

    private static int MembersOf(SweepCluster node) =>
        Akka.Cluster.Cluster.Get(SystemOf(node)).State.Members.Count(member => member.Status == MemberStatus.Up);

    /// <summary>The actor system of a node.</summary>
    public static ExtendedActorSystem SystemOf(SweepCluster node) =>
        (ExtendedActorSystem)node.Services.GetRequiredService<ActorSystem>();

    public static async Task<SweepProgress> FinalAsync(ISweepClient client, SweepId sweep, CancellationToken limit)
    {
        SweepProgress? last = null;
        await foreach (var progress in client.WatchAsync(sweep, limit))
        {
            last = progress;
        }

        return last.ShouldNotBeNull();
    }

    public static async Task<SweepProgress> WhenAsync(
        ISweepClient client,
        SweepId sweep,
        Func<SweepProgress, bool> condition,
        CancellationToken limit
    )
    {
        await foreach (var progress in client.WatchAsync(sweep, limit))
        {
            if (condition(progress))
            {
                return progress;
            }
        }

        throw new InvalidOperationException("The sweep ended before the condition held.");
    }

    public static async Task ShouldHaveExactVotesAsync(
        ISweepLedger ledger,
        SweepDefinition sweep,
        CancellationToken limit
    )
    {
        foreach (var cell in sweep.Cells)
        {
            var votes = await LedgerVotes.ReadCellAsync(ledger, sweep, cell, limit);
            foreach (var image in votes.Images)
            {
                image.Selection.ShouldBe(
                    TestSweeps.Votes(cell.VoteKey, image.ImageIndex, DrawStream.Selection, sweep.Plan.N0)
                );
                image.Estimation.ShouldBe(
                    TestSweeps.Votes(cell.VoteKey, image.ImageIndex, DrawStream.Estimation, sweep.Plan.N)
                );
            }
        }
    }
}
