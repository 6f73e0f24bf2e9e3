using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Loss;

public sealed class BoundsCommandTests
{
    [Fact]
    public async Task Bounds_of_the_embedded_digits_fall_with_the_radius_and_are_drawn()
    {
        using var folder = new ScratchFolder();
        var run = await RsmoothRunner.RunInAsync(
            folder.Path,
            ["loss", "bounds", "--dataset", "digits", "--max", "200", "--out", "plots", "-o", "json"]
        );
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var json = JsonNode.Parse(run.Output)!;
        json["smallest_l2"]!.GetValue<double>().ShouldBeGreaterThan(0);
        json["smallest_linf"]!.GetValue<double>().ShouldBeInRange(0, 1);
        var byRadius = json["ceilings"]!.AsArray().OrderBy(c => c!["radius"]!.GetValue<double>()).ToArray();
        byRadius[0]!["ceiling"]!.GetValue<double>().ShouldBe(1);
        byRadius[^1]!["ceiling"]!.GetValue<double>().ShouldBeLessThan(1);
        foreach (var (near, far) in byRadius.Zip(byRadius.Skip(1)))
        {
            far!["ceiling"]!.GetValue<double>().ShouldBeLessThanOrEqualTo(near!["ceiling"]!.GetValue<double>());
        }

        File.Exists(folder.File("plots/bounds.svg")).ShouldBeTrue();
        File.Exists(folder.File("plots/bounds.png")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_vote_below_one_half_is_refused()
    {
        var run = await RsmoothRunner.RunAsync(
            "loss",
            "bounds",
            "--dataset",
            "digits",
            "--max",
            "20",
            "--votes",
            "0.4"
        );
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("'0.4'");
    }
}
