using System.Text.Json;

namespace RandomizedSmoothing.Cli.Tests.LoadTest;

/// <summary><c>rsmooth load-test --self</c> with real processes, for seconds instead of minutes.</summary>
public sealed class OwnClusterTests
{
    [Fact]
    public async Task A_cluster_of_its_own_counts_while_it_is_read_and_is_gone_afterwards()
    {
        var run = await RsmoothRunner.RunAsync(
            "load-test",
            "--self",
            "--streams",
            "5",
            "--requests",
            "50",
            "--seconds",
            "4",
            "--rounds",
            "2",
            "--warm-up",
            "0",
            "--alone",
            "0",
            "-o",
            "json"
        );

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        var values = json
            .RootElement.EnumerateArray()
            .ToDictionary(r => r.GetProperty("quantity").GetString()!, r => r.GetProperty("value"));
        values["requests"].GetInt32().ShouldBe(400);
        values["errors"].GetInt32().ShouldBe(0);
        values["events"].GetInt32().ShouldBeGreaterThanOrEqualTo(5);
        values["draws/s with readers"].GetString()!.Split(", ").Select(double.Parse).Sum().ShouldBeGreaterThan(0);
        values["processor ms per s, control node"].GetDouble().ShouldBeGreaterThan(0);
    }
}
