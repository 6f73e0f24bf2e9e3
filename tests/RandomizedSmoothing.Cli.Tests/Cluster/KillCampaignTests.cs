using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace RandomizedSmoothing.Cli.Tests.Cluster;

/// <summary>
/// One sweep, many blows, the votes of an undisturbed process. RSMOOTH_CAMPAIGN_SEED and RSMOOTH_CAMPAIGN_KILLS make another or a
/// longer campaign; the sweep grows with it.
/// </summary>
[Collection(SurvivalFixture.Name)]
public sealed class KillCampaignTests(SurvivalFixture fixture, ITestOutputHelper print)
{
    private const int ShortCampaign = 20;

    [SkippableFact]
    public async Task Whatever_is_killed_the_votes_are_those_of_one_undisturbed_process()
    {
        Skip.If(PostgresServer.Unavailable is not null, PostgresServer.Unavailable);
        var seed = Setting("RSMOOTH_CAMPAIGN_SEED", 20260210);
        var blows = Setting("RSMOOTH_CAMPAIGN_KILLS", ShortCampaign);
        var size = new SurvivalSweep(Images: SurvivalSweep.Usual.Images * Math.Max(1, blows / ShortCampaign));
        using var folder = new ScratchFolder();
        var reference =
            size == SurvivalSweep.Usual
                ? fixture.Reference
                : await ReferenceVotes.CountAsync(folder.Path, size.Text("reference", SurvivalFixture.Sigmas));
        await using var cluster = await ProcessCluster.StartAsync(workers: 2);
        var scenario = new Scenario(cluster, reference, size, SurvivalFixture.Sigmas, print);
        await scenario.BeginAsync("campaign");
        var watch = Stopwatch.StartNew();
        var campaign = new KillCampaign(cluster, scenario, seed);
        await using var follower = cluster.Watch(scenario.Sweep);

        await campaign.RunAsync(blows);
        await scenario.EndAsync();

        (await follower.ExitAsync()).ShouldBe(ExitCodes.Done, follower.Error);
        follower.Error.ShouldContain($"{scenario.Sweep} completed");

        var figures = campaign.Figures;
        // A fast machine is through with the sweep before the last blow.
        var dealt = figures.Blows.Values.Sum();
        dealt.ShouldBeInRange(blows / 2, blows);
        scenario.Print($"seed {seed}: {dealt} blows in {watch.Elapsed.TotalSeconds:0} s ({campaign.Text()})");
        scenario.Print(
            $"{await scenario.RequeuedAsync()} shards queued again, about {figures.DrawsLost:0} of {size.CellDraws * SurvivalFixture.Sigmas.Length} draws counted again; {figures.Ended} nodes ended by themselves"
        );
        var slowest = figures.Recovery.OrderDescending().Take(3).Select(blow => $"{blow.Seconds:0.0} s ({blow.Blow})");
        scenario.Print(
            $"new votes after {figures.Recovery.Average(blow => blow.Seconds):0.0} s on average; slowest: {string.Join("; ", slowest)}"
        );
        figures.Recovery.Max().Seconds.ShouldBeLessThan(60);
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
