using System.Threading.Channels;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Cluster.Workers;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Workers;

/// <summary>While a cluster is updated, a worker may be given work that a newer control node has described.</summary>
public sealed class UnreadableDefinitionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SweepDefinition s_sweep = TestSweeps.Sweep();

    [Fact]
    public async Task It_is_the_machines_fault_and_leaves_the_device_alive()
    {
        using var system = ActorSystem.Create(
            "unreadable",
            ConfigurationFactory.ParseString($"{DeviceRunner.Dispatcher} {{ type = PinnedDispatcher }}")
        );
        var heard = Channel.CreateUnbounded<object>();
        var parent = system.ActorOf(Props.Create(() => new Parent(heard.Writer)));
        var worker = await parent.Ask<IActorRef>("begin", Patience);

        worker.Tell(Grant("1"), ActorRefs.NoSender);
        worker.Tell(new CellProtocol.DefinitionPart(s_sweep.Id, 0, 3, [.. "???"u8]), ActorRefs.NoSender);

        var failed = await NextAsync<WorkerProtocol.ShardFailed>(heard.Reader);
        (failed.Lease, failed.Permanent, failed.OfMachine).ShouldBe((new LeaseId("1"), false, true));
        failed.Reason.ShouldContain("definition cannot be read");

        worker.Tell(Grant("2"), ActorRefs.NoSender);

        (await NextAsync<WorkerProtocol.ShardReturned>(heard.Reader)).Lease.ShouldBe(new LeaseId("2"));
        await system.Terminate();
    }

    private static WorkerProtocol.GrantShard Grant(string lease) =>
        new(
            new LeaseId(lease),
            "cpu:0",
            new SampleShard(s_sweep.Id, s_sweep.Cells[0].Id, 0, 4),
            TestSweeps.Hash("model")
        );

    private static async Task<T> NextAsync<T>(ChannelReader<object> heard)
    {
        using var limit = new CancellationTokenSource(Patience);
        await foreach (var message in heard.ReadAllAsync(limit.Token))
        {
            if (message is T wanted)
            {
                return wanted;
            }
        }

        throw new InvalidOperationException();
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent(ChannelWriter<object> heard)
        {
            Receive<string>(_ =>
            {
                var devices = new FakeDevices();
                var settings = new WorkerSettings(Patience, Patience, FailureBackoff: Patience);
                var stamp = new DeviceStamp("node", "cpu:0", "cpu", "imaginary", "1");
                var worker = Context.ActorOf(
                    Props.Create(() =>
                        new DeviceWorker(
                            devices.Devices[0],
                            stamp,
                            ActorRefs.Nobody,
                            devices,
                            new DefinitionCache(),
                            settings,
                            TimeProvider.System,
                            NullLogger.Instance
                        )
                    )
                );
                Sender.Tell(worker);
            });
            ReceiveAny(message => heard.TryWrite(message));
        }
    }
}
