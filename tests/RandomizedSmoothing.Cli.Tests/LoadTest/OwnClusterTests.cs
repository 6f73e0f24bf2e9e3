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
            "2",
            "--warm-up",
            "0",
            "--pairs",
            "2",
            "--slice",
            "2",
            "--max-loss",
            "100",
            "-o",
            "json"
        );

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        var values = json
            .RootElement.EnumerateArray()
            .ToDictionary(r => r.GetProperty("quantity").GetString()!, r => r.GetProperty("value"));
        values["requests"].GetInt32().ShouldBe(100);
        values["errors"].GetInt32().ShouldBe(0);
        values["events"].GetInt32().ShouldBeGreaterThanOrEqualTo(5);
        values["draws/s without readers"].GetDouble().ShouldBeGreaterThan(0);
        values["draws/s with readers"].GetDouble().ShouldBeGreaterThan(0);
        values["change of speed"].GetString()!.ShouldEndWith("%");
        values["95 % interval"].ValueKind.ShouldBe(JsonValueKind.Null, "two pairs say nothing of the kind");
        values["processor ms per s, control node"].GetDouble().ShouldBeGreaterThan(0);
    }
}
