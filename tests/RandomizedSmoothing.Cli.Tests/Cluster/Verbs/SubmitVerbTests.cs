namespace RandomizedSmoothing.Cli.Tests.Cluster.Verbs;

/// <summary>What <c>submit</c> says of a sweep file is what <c>run</c> says of it.</summary>
public sealed class SubmitVerbTests(VerbNode node) : IClassFixture<VerbNode>
{
    [Fact]
    public async Task An_option_that_no_recipe_takes_is_told_with_its_place_before_anything_is_sent()
    {
        var file = await SweepAsync("typo", train: "sigmas: [0.25], epochs: 1, options: { flpi: 1 }");

        var run = await node.RunAsync("submit", file);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain($"{file}:4:");
        run.Error.ShouldContain("models[0].train.options.flpi");
    }

    [Theory]
    [InlineData("model", "models[0].file=absent.ts.pt")]
    [InlineData("data", "datasets[0]={ name: mine, path: absent, format: csv }")]
    public async Task A_relative_path_to_nothing_is_told_as_run_tells_it(string name, string setting)
    {
        string[] change = name == "model" ? ["--set", "models[0].train=", "--set", setting] : ["--set", setting];
        var file = await SweepAsync($"absent-{name}");

        var submitted = await node.RunAsync(["submit", file, .. change]);
        var run = await RsmoothRunner.RunInAsync(node.File("."), ["run", file, .. change]);

        submitted.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("which does not exist");
        submitted.Error.ShouldEndWith(run.Error);
    }

    [Fact]
    public async Task A_relative_log_to_compare_with_is_as_good_as_an_absolute_one()
    {
        var file = await SweepAsync("compared", more: "report: { compareWith: [logs/published.tsv] }");

        var run = await node.RunAsync("submit", file);

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        run.Error.ShouldNotContain("uploading");
    }

    private async Task<string> SweepAsync(
        string name,
        string train = "sigmas: [0.25], epochs: 1",
        string more = "seed: 7"
    )
    {
        var file = node.File($"{name}.yaml");
        await File.WriteAllTextAsync(
            file,
            $$"""
            name: {{name}}
            datasets: [{ name: digits, max: 2 }]
            models:
              - { name: conv, architecture: small-conv, train: { {{train}} } }
            sigmas: [0.25]
            certify: { n0: 10, n: 50, alpha: 0.01 }
            {{more}}
            """
        );
        return file;
    }
}
