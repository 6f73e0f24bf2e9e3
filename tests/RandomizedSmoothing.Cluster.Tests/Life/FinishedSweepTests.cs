using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Fixed sweeps of different n that share the votes of their cells.</summary>
public sealed class FinishedSweepTests : OneProcess
{
    private static readonly SweepDefinition Small = TestSweeps.Sweep("small", cells: 1, n0: 10, n: 100);
    private static readonly SweepDefinition Large = TestSweeps.Sweep("large", cells: 1, n0: 25, n: 250);

    [Fact]
    public async Task A_finished_sweep_keeps_its_votes_and_certificates_when_another_draws_on()
    {
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await RunAsync(cluster, Small);
        var before = await CertificatesAsync(cluster, Small);

        await RunAsync(cluster, Large);

        (await CertificatesAsync(cluster, Small)).ShouldBe(before);
        before.ShouldAllBe(c => c.Mode == CertificationMode.Fixed && c.N == 100 && c.N0 == 10);
        devices.DrawsCounted.ShouldBe(20 * 275);
        await ShouldHaveBothAsync();
    }

    [Fact]
    public async Task A_sweep_of_fewer_draws_gets_its_own_whoever_was_there_before()
    {
        var devices = new FakeDevices();
        await using var cluster = await StartAsync(devices);
        await RunAsync(cluster, Large);

        var last = await RunAsync(cluster, Small);

        last.Draws.ShouldBe(20 * 110);
        devices.DrawsCounted.ShouldBe(20 * (275 + 110));
        (await CertificatesAsync(cluster, Small)).ShouldAllBe(c => c.Mode == CertificationMode.Fixed && c.N == 100);
        await ShouldHaveBothAsync();
    }

    [Fact]
    public async Task A_running_sweep_that_another_overtakes_still_ends_at_its_own_draws()
    {
        var gate = new Gate();
        var devices = new FakeDevices(2)
        {
            BeforeShard = (assignment, cancellation) =>
            {
                if (assignment.Sweep.Id == Small.Id && assignment.Shard.First == 4)
                {
                    gate.Pass(cancellation);
                }
            },
        };
        await using var cluster = await StartAsync(devices);
        await cluster.Client.SubmitAsync(Small, Limit);
        await gate.Reached;
        await RunAsync(cluster, Large);
        gate.Open();

        (await TestNodes.FinalAsync(cluster.Client, Small.Id, Limit)).State.ShouldBe(SweepState.Completed);

        await ShouldHaveBothAsync();
    }

    private async Task<SweepProgress> RunAsync(SweepCluster cluster, SweepDefinition sweep)
    {
        await cluster.Client.SubmitAsync(sweep, Limit);
        var last = await TestNodes.FinalAsync(cluster.Client, sweep.Id, Limit);
        last.State.ShouldBe(SweepState.Completed, last.Reason);
        return last;
    }

    private async Task ShouldHaveBothAsync()
    {
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, Small, Limit);
        await TestNodes.ShouldHaveExactVotesAsync(Ledger, Large, Limit);
    }

    private async Task<IReadOnlyList<Certificate>> CertificatesAsync(SweepCluster cluster, SweepDefinition sweep)
    {
        var cell = sweep.Cells[0];
        var votes = await cluster.Client.GetVotesAsync(sweep.Id, cell.Id, Limit);
        var certifier = new Certifier(
            sweep.Plan,
            Core.Noise.NoiseFamilies.Create(cell.Noise, cell.Sigma),
            votes.Dataset.Shape.Dimension,
            votes.Images.Count
        );
        return [.. votes.Images.Select(image => certifier.Certify(image).ShouldNotBeNull())];
    }
}
