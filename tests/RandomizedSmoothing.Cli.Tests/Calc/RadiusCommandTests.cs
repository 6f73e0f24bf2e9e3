using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Calc;

public sealed class RadiusCommandTests
{
    [Theory]
    [InlineData("--sigma 0.5 --p-lower 0.99", 1.16317393702042)]
    [InlineData("--noise gaussian --sigma 1 --p-lower 0.51 --norm l2 --dimension 784", 0.0250689082587110)]
    [InlineData("--sigma 0.5 --p-lower 0.9 --norm linf --dimension 3072", 0.0115610022085557)]
    [InlineData("--noise uniform --sigma 0.5 --p-lower 0.95", 0.779422863405995)]
    [InlineData("--noise laplace --sigma 0.25 --p-lower 0.9 --norm l1", 0.284511115445218)]
    [InlineData("--noise discrete-l0 --sigma 0.8 --p-lower 0.9", 2)]
    public async Task A_radius_follows_from_the_bound(string options, double radius)
    {
        var run = await RsmoothRunner.RunAsync($"calc radius {options} -o json".Split(' '));

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var json = JsonNode.Parse(run.Output)!;
        json["radius"]!.GetValue<double>().ShouldBe(radius, radius * 1e-12);
        json["abstain"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task A_bound_below_a_half_abstains()
    {
        var run = await RsmoothRunner.RunAsync("calc radius --sigma 0.5 --p-lower 0.49 -o csv".Split(' '));

        run.Output.ShouldBe(
            "noise,sigma,lambda,norm,dimension,p_lower,abstain,radius\ngaussian,0.5,0.5,l2,,0.49,yes,\n"
        );
    }

    [Fact]
    public async Task Options_behind_a_family_count()
    {
        var heavy = await RsmoothRunner.RunAsync("calc radius --noise pareto --sigma 0.5 --p-lower 0.95".Split(' '));
        var light = await RsmoothRunner.RunAsync(
            "calc radius --noise pareto-a10 --sigma 0.5 --p-lower 0.95".Split(' ')
        );

        light.ExitCode.ShouldBe(ExitCodes.Done, light.Error);
        light.Output.ShouldNotBe(heavy.Output);
    }

    [Theory]
    [InlineData("exp-l2")]
    [InlineData("ablation-l0")]
    public async Task A_family_that_needs_the_dimension_says_so(string family)
    {
        var run = await RsmoothRunner.RunAsync($"calc radius --noise {family} --sigma 0.5 --p-lower 0.6".Split(' '));

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("Give --dimension");
    }

    [Fact]
    public async Task A_norm_that_needs_the_dimension_says_so()
    {
        var run = await RsmoothRunner.RunAsync("calc radius --sigma 0.5 --p-lower 0.9 --norm linf".Split(' '));

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("Give --dimension");
    }
}
