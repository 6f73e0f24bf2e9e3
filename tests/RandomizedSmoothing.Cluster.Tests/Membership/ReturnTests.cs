using System.Globalization;
using Akka.Actor;
using Akka.Remote;
using RandomizedSmoothing.Cluster.Tests.Life;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Cluster.Tests.Membership;

/// <summary>A node that comes back at the address at which it died.</summary>
public sealed class ReturnTests(ITestOutputHelper output) : OneProcess
{
    private readonly NodeLog _log = new(output);

    /// <summary>
    /// The connection that the other node was just making to the dead one is finished by the new one, when the other has long
    /// given it up for the new one's own. Whoever then listened to it would hear nothing, for ever.
    /// </summary>
    [Fact]
    public async Task A_node_is_let_in_although_a_call_to_its_predecessor_reaches_it_late()
    {
        await using var seedsDoor = new Door();
        await using var door = new Door();
        await using var seed = await SweepCluster.StartAsync(
            Behind(seedsDoor),
            Ledger,
            null,
            _log,
            cancellation: Limit
        );
        await using var dead = await TestNodes.JoinAsync(seed, Behind(door), Ledger, null, Limit, _log);
        await TestNodes.KnowEachOtherAsync([seed, dead], Limit);

        // It dies without a word.
        seedsDoor.Shut();
        door.CutAndHoldNext();
        TestNodes.SystemOf(dead).Abort();
        await TestNodes.SystemOf(dead).WhenTerminated.WaitAsync(Limit);
        await door.Held.WaitAsync(Limit);
        seedsDoor.Open();
        var called = CallOf(seed);
        await using var returned = await TestNodes.JoinAsync(seed, Behind(door), Ledger, null, Limit, _log);
        await called.WaitAsync(Limit);
        door.LetThrough();

        await TestNodes.KnowEachOtherAsync([seed, returned], Limit);
    }

    [Fact]
    public async Task A_node_that_the_others_cannot_call_back_says_so()
    {
        await using var seed = await SweepCluster.StartAsync(
            TestNodes.Several() with
            {
                Roles = [ClusterOptions.ControlRole],
            },
            Ledger,
            null,
            _log,
            cancellation: Limit
        );
        var line = _log.NextAsync("has not heard of any control node");

        // Nobody listens at the second address of loopback.
        var hidden = TestNodes.Several() with
        {
            Roles = [ClusterOptions.WorkerRole],
            PublicHost = "127.0.0.2",
            JoinPatience = TimeSpan.FromSeconds(3),
        };
        await using var node = await TestNodes.JoinAsync(seed, hidden, null, new FakeDevices(1), Limit, _log);

        (await line.WaitAsync(Limit)).ShouldContain("The others call it back at 127.0.0.2:");
    }

    private static ClusterOptions Behind(Door door)
    {
        var several = TestNodes.Several();
        return several with
        {
            Roles = [ClusterOptions.ControlRole],
            Port = door.Behind,
            // Nobody is removed but by the return.
            StableAfter = TimeSpan.FromMinutes(10),
            Hocon = string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                {{several.Hocon}}
                akka.remote {
                  retry-gate-closed-for = 200ms
                  dot-netty.tcp.public-port = {{door.Port}}
                }
                """
            ),
        };
    }

    /// <summary>Completes when another node has connected to this one.</summary>
    private static Task CallOf(SweepCluster node)
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var system = TestNodes.SystemOf(node);
        var listener = system.ActorOf(Props.Create(() => new Listener(called)));
        system.EventStream.Subscribe(listener, typeof(AssociatedEvent));
        return called.Task;
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource called) =>
            Receive<AssociatedEvent>(associated => associated.IsInbound, _ => called.TrySetResult());
    }
}
