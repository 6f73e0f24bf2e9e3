using Xunit.Abstractions;

namespace RandomizedSmoothing.Cluster.Tests.Life;

/// <summary>Two worker nodes that were given one name.</summary>
public sealed class TwinsTests(ITestOutputHelper output) : OneProcess
{
    [Fact]
    public async Task The_log_says_which_of_them_gets_no_work_and_what_to_do()
    {
        var log = new NodeLog(output);
        var warning = log.NextAsync("Two worker nodes are called 'twin'");
        var control = TestNodes.Several() with { Roles = [ClusterOptions.ControlRole] };
        var twin = TestNodes.Several() with { Roles = [ClusterOptions.WorkerRole], Name = "twin" };
        await using var seed = await SweepCluster.StartAsync(control, Ledger, null, log, cancellation: Limit);
        await using var first = await TestNodes.JoinAsync(seed, twin, null, new FakeDevices(), Limit, log);
        await Eventually(async () => (await seed.Client.GetWorkersAsync(Limit)).Count == 1);

        await using var second = await TestNodes.JoinAsync(seed, twin, null, new FakeDevices(), Limit, log);

        (await warning.WaitAsync(Limit)).ShouldContain("Give every node a name of its own (setting name)");
    }

    private async Task Eventually(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(Limit);
        }
    }
}
