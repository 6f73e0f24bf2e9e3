using RandomizedSmoothing.Core.Sweeps;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Three control nodes and workers in one process, on loopback, with one ledger.</summary>
public sealed class SeveralNodesTests(ITestOutputHelper output) : OneProcess
{
    private const int Planned = 3 * 20 * 210;

    /// <summary>
    /// Two devices with a shard at work and one that follows, of four images each. A new coordinator queues them again when it
    /// hears nothing of the worker for five seconds; what is recorded is never counted again.
    /// </summary>
    private const int OnTheWay = 2 * 2 * 4 * 210;

    private readonly NodeLog _log = new(output);
    private readonly List<SweepCluster> _controls = [];
    private readonly FakeDevices _devices = new(2);
    private SweepCluster? _worker;

    [Fact]
    public async Task The_coordinator_and_the_aggregators_move_when_their_node_leaves()
    {
        var gate = await StartAndReachAsync();

        await _controls[0].DisposeAsync();
        _controls.RemoveAt(0);
        gate.Open();

        await ShouldCompleteAsync();
        _devices.DrawsCounted.ShouldBeInRange(Planned, Planned + OnTheWay);
    }

    [Fact]
    public async Task The_sweep_goes_on_when_the_coordinators_node_dies()
    {
        var gate = await StartAndReachAsync();

        _log.Add("the coordinator's node dies");
        TestNodes.SystemOf(_controls[0]).Abort();
        gate.Open();
        _controls.RemoveAt(0);

        await ShouldCompleteAsync();
        _devices.DrawsCounted.ShouldBeInRange(Planned, Planned + OnTheWay);
    }

    [Fact]
    public async Task A_dead_workers_shards_go_to_another_and_its_recorded_draws_are_not_counted_again()
    {
        var gate = await StartAndReachAsync();
        var others = new FakeDevices(1, "other");
        var worker = await TestNodes.JoinAsWorkerAsync(_controls[0], others, Limit, _log);

        TestNodes.SystemOf(_worker!).Abort();
        _worker = worker;

        await ShouldCompleteAsync();
        gate.Open();
        others.Begun.ShouldNotBeEmpty();
        (_devices.DrawsCounted + others.DrawsCounted).ShouldBeInRange(Planned, Planned + (2 * 64));
    }

    public override async Task DisposeAsync()
    {
        foreach (var node in _controls.Prepend(_worker).OfType<SweepCluster>())
        {
            await node.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private static SweepDefinition Sweep => TestSweeps.Sweep(cells: 3);

    // The first node is the oldest and so the coordinator's home; the sweep is in the middle when this returns.
    private async Task<Gate> StartAndReachAsync()
    {
        var control = TestNodes.Several() with { Roles = [ClusterOptions.ControlRole] };
        _controls.Add(await SweepCluster.StartAsync(control, Ledger, null, _log, cancellation: Limit));
        _controls.Add(await TestNodes.JoinAsync(_controls[0], control, Ledger, null, Limit, _log));
        _controls.Add(await TestNodes.JoinAsync(_controls[0], control, Ledger, null, Limit, _log));
        var gate = new Gate();
        _devices.AfterReport = (_, _, cancellation) =>
        {
            if (_devices.DrawsCounted > 3000)
            {
                gate.Pass(cancellation);
            }
        };
        _worker = await TestNodes.JoinAsWorkerAsync(_controls[0], _devices, Limit, _log);
        await TestNodes.KnowEachOtherAsync([.. _controls, _worker], Limit);
        await _controls[2].Client.SubmitAsync(Sweep, Limit);
        await gate.Reached;
        return gate;
    }

    private async Task ShouldCompleteAsync()
    {
        var last = await TestNodes.FinalAsync(_controls[^1].Client, Sweep.Id, Limit);
        last.State.ShouldBe(SweepState.Completed);
        last.Warnings.ShouldBeEmpty();
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, Sweep, Limit);
    }
}
