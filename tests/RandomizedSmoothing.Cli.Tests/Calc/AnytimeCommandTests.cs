using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Calc;

public sealed class AnytimeCommandTests
{
    private static readonly string[] Log =
    [
        "idx\tlabel\tpredict\tradius\tcorrect\ttime",
        "0\t3\t3\t1.4\t1\t1.0",
        "1\t4\t4\t0.9\t1\t1.0",
        "2\t5\t6\t0.3\t0\t1.0",
        "3\t5\t-1\t0.0\t0\t1.0",
    ];

    [Fact]
    public async Task The_simulation_prints_draws_and_accuracy_beside_the_fixed_plan()
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Path, "sigma_0.50");
        await File.WriteAllLinesAsync(path, Log);
        var run = await RsmoothRunner.RunAsync(
            "calc",
            "anytime",
            path,
            "--sigma",
            "0.5",
            "--radii",
            "0.5",
            "--draws",
            "20000",
            "-o",
            "json"
        );

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var json = JsonNode.Parse(run.Output)!;
        json["images"]!.GetValue<int>().ShouldBe(4);
        json["mean_draws"]!.GetValue<double>().ShouldBeInRange(110, 1000);
        var point = json["points"]!.AsArray().Single()!;
        point["anytime"]!.GetValue<double>().ShouldBe(0.5);
        point["fixed"]!.GetValue<double>().ShouldBe(0.5);
    }

    [Theory]
    [InlineData("sigma_0.50", "idx\tlabel\tpredict\tcorrect\ttime\n0\t3\t3\t1\t1.0\n", "prediction log")]
    [InlineData("sigma_0.50", "idx\tlabel\tpredict\tradius\tcorrect\ttime\n", "no row")]
    [InlineData("d__m@0.5__laplace__0.5.tsv", "idx label predict radius correct time\n0 3 3 0.1 1 1.0\n", "laplace")]
    public async Task A_log_that_tells_no_probabilities_is_refused(string name, string text, string why)
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Path, name);
        await File.WriteAllTextAsync(path, text);
        var run = await RsmoothRunner.RunAsync("calc", "anytime", path, "--sigma", "0.5");
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(why);
    }

    [Fact]
    public async Task A_radius_that_is_no_number_is_refused()
    {
        using var folder = new ScratchFolder();
        var path = Path.Combine(folder.Path, "sigma_0.50");
        await File.WriteAllLinesAsync(path, Log);
        var run = await RsmoothRunner.RunAsync("calc", "anytime", path, "--sigma", "0.5", "--radii", "0.5,x");
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("'x'");
    }
}
