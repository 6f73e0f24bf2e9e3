using System.Globalization;
using RandomizedSmoothing.Core.Sweeps;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>One sweep on a cluster that something happens to, and what must be true of it afterwards.</summary>
internal sealed class Scenario(
    ProcessCluster cluster,
    ReferenceVotes reference,
    SurvivalSweep size,
    double[] sigmas,
    ITestOutputHelper print
)
{
    private long _before;

    public string Sweep { get; private set; } = "";

    /// <summary>Makes the cluster whole, submits the sweep and waits until votes of it are recorded.</summary>
    public async Task BeginAsync(string name)
    {
        await cluster.RestoreAsync();
        _before = await cluster.Records.DrawsAsync();
        await cluster.WaitAsync(
            async () =>
            {
                Sweep = await cluster.Api.SubmitAsync(size.Text(name, sigmas)) ?? "";
                return Sweep.Length > 0;
            },
            $"the sweep {name} is taken"
        );
        await cluster.WaitAsync(async () => await DrawsAsync() > 0, $"votes of {Sweep} are recorded");
    }

    /// <summary>Draws recorded since the beginning.</summary>
    public async Task<long> DrawsAsync() => await cluster.Records.DrawsAsync() - _before;

    /// <summary>Whether a worker holds a shard.</summary>
    public async Task<bool> IsBusyAsync(NodeSlot worker) =>
        await cluster.Api.WorkOfAsync(worker.Name) is { } work && work.Contains("gaussian", StringComparison.Ordinal);

    /// <summary>A worker that has counted for the sweep and is at it again.</summary>
    public async Task<NodeSlot> BusyWorkerAsync()
    {
        NodeSlot? busy = null;
        await cluster.WaitAsync(
            async () =>
            {
                foreach (var worker in cluster.Workers)
                {
                    if (await cluster.Records.DrawsOfAsync(worker.Name) > 0 && await IsBusyAsync(worker))
                    {
                        busy = worker;
                        return true;
                    }
                }

                return false;
            },
            "a worker is in the middle of a shard"
        );
        return busy!;
    }

    /// <summary>Freezes a worker in the middle of a shard. One whose shard ended in that moment is let go on.</summary>
    public async Task<NodeSlot> FreezeBusyWorkerAsync()
    {
        while (true)
        {
            var worker = await BusyWorkerAsync();
            await worker.FreezeAsync();
            // What it had sent is taken in before a question that is asked later.
            if (await IsBusyAsync(worker) && await IsBusyAsync(worker))
            {
                return worker;
            }

            await worker.ThawAsync();
        }
    }

    /// <summary>Waits until more draws are recorded than now; says how long that took.</summary>
    public async Task<TimeSpan> AdvanceAsync(string after)
    {
        var draws = await DrawsAsync();
        return await cluster.WaitAsync(
            async () => await DrawsAsync() > draws || await cluster.Api.IsFinalAsync(Sweep),
            $"the sweep goes on after {after}"
        );
    }

    /// <summary>
    /// Waits for the end: complete, every planned draw recorded once, no votes that contradict others, and the same bytes as the
    /// undisturbed run.
    /// </summary>
    public async Task EndAsync()
    {
        await cluster.WaitAsync(() => cluster.Api.IsFinalAsync(Sweep), $"{Sweep} has ended");
        var detail = (await cluster.Api.ShowAsync(Sweep)).ShouldNotBeNull();
        var history = await cluster.Records.HistoryAsync(Sweep);
        detail.Sweep.State.ShouldBe(SweepState.Completed, history);
        detail.Troubles.ShouldBeEmpty();
        (await cluster.Records.EventsAsync(Sweep, "conflict", "failed", "quarantined")).ShouldBe(0, history);
        (await DrawsAsync()).ShouldBe(sigmas.Length * size.CellDraws);
        (await cluster.Api.VotesAsync(Sweep)).ShouldBe(reference.Of(sigmas));
    }

    /// <summary>
    /// How often work went to another device because its own was lost or silent. A coordinator that took over knows of no leases
    /// but those that workers say they hold, and queues the rest again in one line.
    /// </summary>
    public Task<long> RequeuedAsync() =>
        cluster.Records.EventsAsync(Sweep, "worker-lost", "lease-expired", "taken-over");

    public void Print(FormattableString figure) => print.WriteLine(figure.ToString(CultureInfo.InvariantCulture));
}
