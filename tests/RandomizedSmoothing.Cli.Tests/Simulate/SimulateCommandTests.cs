using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Simulate;

public sealed class SimulateCommandTests
{
    [Fact]
    public async Task The_figures_of_a_simulated_sweep_are_printed_as_json()
    {
        var run = await RsmoothRunner.RunAsync(
            "simulate",
            "--workers",
            "20",
            "--shards",
            "400",
            "--kill-rate",
            "10",
            "-o",
            "json"
        );

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var figures = Figures(run.Output);
        figures["completed"].GetValue<bool>().ShouldBeTrue();
        figures["grants"].GetValue<long>().ShouldBeGreaterThan(200);
        figures["kills"].GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task In_real_time_a_shard_costs_more_than_nothing()
    {
        // In a process of its own, where nobody has touched the meters before.
        using var folder = new ScratchFolder();
        await using var run = RsmoothProcess.Start(
            folder.Path,
            ["simulate", "--real-time", "--workers", "2", "--shards", "4", "--shard-seconds", "0.1", "-o", "json"]
        );
        (await run.ExitAsync()).ShouldBe(ExitCodes.Done, run.Error);

        var figures = Figures(run.Output);
        figures["completed"].GetValue<bool>().ShouldBeTrue();
        figures["shards"].GetValue<int>().ShouldBeGreaterThan(0);
        figures["overhead of one shard, grant to recorded, median"].GetValue<double>().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("--workers", "0")]
    [InlineData("--shards", "0")]
    [InlineData("--shard-seconds", "0")]
    [InlineData("--kill-rate", "-1")]
    public async Task What_cannot_be_simulated_is_refused_by_name(string option, string value)
    {
        var run = await RsmoothRunner.RunAsync("simulate", option, value);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain(option);
    }

    private static Dictionary<string, JsonNode> Figures(string json) =>
        JsonNode.Parse(json)!.AsArray().ToDictionary(row => row!["figure"]!.GetValue<string>(), row => row!["value"]!);
}
