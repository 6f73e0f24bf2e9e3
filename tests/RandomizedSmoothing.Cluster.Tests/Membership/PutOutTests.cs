using Microsoft.Extensions.DependencyInjection;
using RandomizedSmoothing.Cluster.Membership;
using RandomizedSmoothing.Cluster.Tests.Life;

namespace RandomizedSmoothing.Cluster.Tests.Membership;

/// <summary>Real nodes that the cluster goes on without. None may stay up outside it.</summary>
public sealed class PutOutTests : OneProcess
{
    private static readonly ClusterOptions Control = TestNodes.Several() with
    {
        Roles = [ClusterOptions.ControlRole],
        JoinPatience = TimeSpan.FromSeconds(30),
    };

    /// <summary>A node that knows of the others and does not ask to be one of them.</summary>
    private static readonly ClusterOptions Aloof = Control with
    {
        Hocon = Control.Hocon + "\nakka.cluster.seed-nodes = []",
    };

    private readonly List<SweepCluster> _nodes = [];

    [Fact]
    public async Task A_node_that_the_others_have_removed_says_so()
    {
        await StartAsync();
        var second = await JoinAsync(Control);
        var address = Akka.Cluster.Cluster.Get(TestNodes.SystemOf(second)).SelfAddress;
        await UpAsync(second);

        Akka.Cluster.Cluster.Get(TestNodes.SystemOf(_nodes[0])).Down(address);

        (await ReasonAsync(second)).ShouldContain("went on without this node");
        WatchOf(second).WasAsked.ShouldBeFalse();
        WatchOf(_nodes[0]).Reason.ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_is_asked_to_leave_is_out_and_nothing_is_wrong()
    {
        await StartAsync();
        var second = await JoinAsync(Control);
        await UpAsync(second);

        Akka.Cluster.Cluster.Get(TestNodes.SystemOf(_nodes[0]))
            .Leave(Akka.Cluster.Cluster.Get(TestNodes.SystemOf(second)).SelfAddress);

        await ReasonAsync(second);
        WatchOf(second).WasAsked.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_that_the_cluster_never_lets_in_says_so()
    {
        await StartAsync();

        var second = await JoinAsync(Aloof with { JoinPatience = TimeSpan.FromSeconds(6) });

        (await ReasonAsync(second)).ShouldContain("has not let this node in");
        WatchOf(_nodes[0]).Reason.ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_has_founded_a_second_cluster_says_so_and_the_larger_one_stays()
    {
        await StartAsync();
        await UpAsync(await JoinAsync(Control));
        var island = await JoinAsync(Aloof);

        var cluster = Akka.Cluster.Cluster.Get(TestNodes.SystemOf(island));
        cluster.Join(cluster.SelfAddress);

        (await ReasonAsync(island)).ShouldContain("there is a cluster of 2 control nodes");
        WatchOf(_nodes[0]).Reason.ShouldBeNull();
        WatchOf(_nodes[1]).Reason.ShouldBeNull();
    }

    public override async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private async Task StartAsync()
    {
        _nodes.Add(await SweepCluster.StartAsync(Control, Ledger, null, cancellation: Limit));
        await UpAsync(_nodes[0]);
    }

    private async Task<SweepCluster> JoinAsync(ClusterOptions options)
    {
        var node = await TestNodes.JoinAsync(_nodes[0], options, Ledger, null, Limit);
        _nodes.Add(node);
        return node;
    }

    private async Task UpAsync(SweepCluster node)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Akka.Cluster.Cluster.Get(TestNodes.SystemOf(node)).RegisterOnMemberUp(() => up.TrySetResult());
        await up.Task.WaitAsync(Limit);
    }

    private static MembershipWatch WatchOf(SweepCluster node) => node.Services.GetRequiredService<MembershipWatch>();

    private async Task<string> ReasonAsync(SweepCluster node)
    {
        await WatchOf(node).PutOut.WaitAsync(Limit);
        return WatchOf(node).Reason.ShouldNotBeNull();
    }
}
