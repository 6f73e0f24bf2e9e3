using Xunit.Abstractions;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>
/// Real processes with PostgreSQL: three control nodes, two workers. Whatever is killed, frozen or stopped, the votes are those
/// of one undisturbed process, to the byte.
/// </summary>
[Collection(SurvivalFixture.Name)]
public sealed class SurvivalTests(SurvivalFixture fixture, ITestOutputHelper print)
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(30);

    private ProcessCluster Cluster => fixture.Cluster;

    [SkippableFact]
    public async Task Five_processes_leave_the_votes_of_one()
    {
        var scenario = Take(0);
        await scenario.BeginAsync("undisturbed");

        await scenario.EndAsync();

        foreach (var worker in Cluster.Workers)
        {
            (await Cluster.Records.DrawsOfAsync(worker.Name)).ShouldBeGreaterThan(0, worker.Name);
        }
    }

    [SkippableFact]
    public async Task A_worker_killed_in_the_middle_of_a_shard_costs_nothing()
    {
        var scenario = Take(1);
        await scenario.BeginAsync("killed-worker");
        var victim = await scenario.BusyWorkerAsync();

        await victim.KillAsync();
        var requeued = await Cluster.WaitAsync(
            async () => await scenario.RequeuedAsync() > 0,
            "the work of the killed worker is handed on"
        );
        await scenario.EndAsync();

        requeued.ShouldBeLessThan(Promise);
        scenario.Print($"worker killed: its work was queued again after {requeued.TotalSeconds:0.0} s");
    }

    [SkippableFact]
    public async Task The_coordinator_killed_is_followed_by_another()
    {
        var scenario = Take(2);
        await scenario.BeginAsync("killed-coordinator");
        var coordinator = await Cluster.CoordinatorAsync();

        await coordinator.KillAsync();
        var found = await Cluster.WaitAsync(
            async () =>
                await Cluster.Api.CoordinatorAsync() is { } next
                && next != coordinator.Address
                && await Cluster.Api.WorkersAsync() is { Count: 2 },
            "another coordinator knows both workers"
        );
        var goesOn = found + await scenario.AdvanceAsync("the change of coordinator");
        await scenario.EndAsync();

        goesOn.ShouldBeLessThan(Promise);
        scenario.Print(
            $"coordinator killed: another had both workers after {found.TotalSeconds:0.0} s, new votes after {goesOn.TotalSeconds:0.0} s, {await scenario.RequeuedAsync()} shards queued again"
        );
    }

    [SkippableFact]
    public async Task The_coordinator_frozen_and_thawed_ends_itself_and_comes_back_as_a_new_node()
    {
        var scenario = Take(6);
        await scenario.BeginAsync("frozen-coordinator");
        var coordinator = await Cluster.CoordinatorAsync();
        var process = coordinator.Process;

        await coordinator.FreezeAsync();
        var found = await Cluster.WaitAsync(
            async () => await Cluster.Api.CoordinatorAsync() is { } next && next != coordinator.Address,
            "another coordinator is there"
        );
        await scenario.AdvanceAsync("the change of coordinator");
        await coordinator.ThawAsync();
        var code = await process.ExitAsync();
        await Cluster.RestoreAsync();
        await scenario.EndAsync();

        code.ShouldBe(ExitCodes.Error, process.Error);
        process.Error.ShouldContain("joins as a new node");
        scenario.Print($"coordinator frozen: another was there after {found.TotalSeconds:0.0} s");
    }

    [SkippableFact]
    public async Task What_a_worker_sends_after_its_lease_has_expired_changes_nothing()
    {
        var scenario = Take(3);
        await scenario.BeginAsync("frozen-worker");

        var frozen = await scenario.FreezeBusyWorkerAsync();
        var expired = await Cluster.WaitAsync(
            async () => await scenario.RequeuedAsync() > 0,
            "the lease of the frozen worker has expired"
        );
        await frozen.ThawAsync();
        await scenario.EndAsync();

        scenario.Print($"worker frozen: its lease expired after {expired.TotalSeconds:0.0} s");
    }

    [SkippableFact]
    public async Task The_database_may_stop_for_twenty_seconds()
    {
        var scenario = Take(4);
        await scenario.BeginAsync("stopped-database");

        await Cluster.Database.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(20));
        await Cluster.Database.StartAgainAsync();
        var recovered = await scenario.AdvanceAsync("the database is back");
        await scenario.EndAsync();

        foreach (var node in Cluster.Controls.Concat(Cluster.Workers))
        {
            node.IsRunning.ShouldBeTrue(node.Name);
        }

        recovered.ShouldBeLessThan(Promise);
        scenario.Print(
            $"database away for 20 s: new votes {recovered.TotalSeconds:0.0} s after its return, {await scenario.RequeuedAsync()} shards queued again"
        );
    }

    [SkippableFact]
    public async Task A_worker_that_joins_gets_work_and_one_that_is_told_to_stop_hands_it_back()
    {
        Skip.If(PostgresServer.Unavailable is not null, PostgresServer.Unavailable);
        // Images of seconds: the guest is told to stop in the middle of one.
        var size = new SurvivalSweep(Images: 4, EstimationDraws: 500_000);
        double[] sigmas = [0.4];
        using var folder = new ScratchFolder();
        var reference = await ReferenceVotes.CountAsync(folder.Path, size.Text("reference", sigmas));
        var scenario = new Scenario(Cluster, reference, size, sigmas, print);
        await scenario.BeginAsync("join-and-drain");
        var others = Cluster.Workers.ToList();
        var guest = Cluster.AddWorker();

        // The sweep stands still until the guest is a member: on a fast machine it would be over by then, and what the guest
        // counts before the others know it waits for its membership.
        await Cluster.Api.CommandAsync(scenario.Sweep, "pause");
        Cluster.Start(guest);
        await Cluster.WaitAsync(() => Cluster.Api.AllReadyAsync([guest]), "the new worker is ready");
        await Cluster.Api.CommandAsync(scenario.Sweep, "resume");
        var joined = await Cluster.WaitAsync(
            async () => await Cluster.Api.WorkOfAsync(guest.Name) is not null,
            "the new worker has work"
        );
        await Cluster.WaitAsync(
            async () => await Cluster.Records.PartialDrawsAsync(guest.Name, size) > 0,
            "the new worker is in the middle of an image"
        );

        // The others stand still until what the guest hands back is seen: one of them might finish it at once.
        await Task.WhenAll(others.Select(worker => worker.FreezeAsync()));
        var counted = await Cluster.Records.DrawsOfAsync(guest.Name);
        await guest.Process.SignalAsync("TERM");
        var handed = await Cluster.WaitAsync(
            async () => await Cluster.Records.DrawsOfAsync(guest.Name) > counted,
            "what the drained worker had counted since is recorded"
        );
        await Task.WhenAll(others.Select(worker => worker.ThawAsync()));
        (await guest.Process.ExitAsync()).ShouldBe(ExitCodes.Done, guest.Process.Error);
        await Cluster.RemoveAsync(guest);
        await scenario.EndAsync();

        joined.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        (await scenario.RequeuedAsync()).ShouldBe(0);
        scenario.Print(
            $"worker joined: work after {joined.TotalSeconds:0.0} s; told to stop: handed back after {handed.TotalSeconds:0.0} s"
        );
    }

    [SkippableFact]
    public async Task A_sweep_resumes_by_itself_when_the_whole_cluster_is_started_again()
    {
        var scenario = Take(5);
        await scenario.BeginAsync("restarted-cluster");

        await Task.WhenAll(Cluster.Controls.Concat(Cluster.Workers).Select(node => node.KillAsync()));
        var kept = await scenario.DrawsAsync();
        await Cluster.RestoreAsync();
        var resumed = await scenario.AdvanceAsync("the cluster is started again");
        await scenario.EndAsync();

        scenario.Print(
            $"cluster restarted with {kept} draws recorded: new votes {resumed.TotalSeconds:0.0} s after all nodes were ready"
        );
    }

    private Scenario Take(params int[] cells)
    {
        Skip.If(PostgresServer.Unavailable is not null, PostgresServer.Unavailable);
        return new Scenario(
            Cluster,
            fixture.Reference,
            SurvivalSweep.Usual,
            [.. cells.Select(cell => SurvivalFixture.Sigmas[cell])],
            print
        );
    }
}
