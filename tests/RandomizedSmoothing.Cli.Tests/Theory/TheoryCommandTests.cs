using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Theory;

public sealed class TheoryCommandTests
{
    [Theory]
    [InlineData("cycle --n 8 --radius 1", "image", 96)]
    [InlineData("cycle --n 8 --radius 1", "fixed", 46)]
    [InlineData("cycle --n 8 --radius 2", "image", 80)]
    [InlineData("cycle --n 6 --radius 1 --labels 3 --reading margin", "feasible", 111)]
    [InlineData("cycle --n 6 --radius 1 --labels 3 --reading margin --margin 1/1000000", "feasible", 111)]
    [InlineData("cycle --n 16 --radius 1", "hypotheses", 65536)]
    [InlineData("path --n 5 --radius 0", "vc_image", 5)]
    [InlineData("path --n 5 --radius 0 --hypotheses intervals", "vc_image", 2)]
    [InlineData("hypercube --n 3 --flip 0.4033", "image", 48)]
    [InlineData("hypercube --n 3 --flip 1/4", "proper", 160)]
    [InlineData("grid --width 3 --height 2 --radius 0", "image", 64)]
    [InlineData("interval --half-width 1 --sigma 1", "smoothed_half_width", 0.933270599644)]
    [InlineData("interval --half-width 1 --noise laplace --scale 1", "vanishing_scale", 1.4426950408889634)]
    [InlineData("ball --dimension 10 --radius 1 --sigma 0.2", "smoothed_radius", 0.79811)]
    [InlineData("ball --dimension 3072 --radius 1 --sigma 0.01", "vanishing_sigma", 0.01804415386)]
    [InlineData("orthant --dimension 2 --sigma 1", "diagonal_shift", 0.7706787)]
    [InlineData("wedge --half-angle 45 --sigma 1", "shift", 0.7706787)]
    [InlineData("stripes --noise uniform --scale 1.5", "inverted", 1)]
    [InlineData("versionspace --radius 0.5", "fraction", 0.875)]
    public async Task A_question_is_answered_with_the_known_number(string line, string field, double value)
    {
        var run = await RsmoothRunner.RunAsync(["theory", .. line.Split(' '), "-o", "json"]);
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        JsonNode.Parse(run.Output)![field]!.GetValue<double>().ShouldBe(value, 1e-8);
    }

    [Fact]
    public async Task Critical_levels_of_the_cube_start_at_the_closed_form()
    {
        var run = await RsmoothRunner.RunAsync("theory", "hypercube", "--n", "3", "--flip", "0.25", "-o", "json");
        var levels = JsonNode.Parse(run.Output)!["critical_levels"]!.AsArray();
        levels[0]!.GetValue<double>().ShouldBe(0.206299474, 1e-9);
    }

    [Fact]
    public async Task Long_cycles_are_counted_by_the_transfer_automaton()
    {
        var run = await RsmoothRunner.RunAsync("theory", "cycle", "--n", "100", "--radius", "1", "-o", "csv");
        run.Output.ShouldContain("14258141086026023919348588");
        run.Output.ShouldContain("transfer automaton");
    }

    [Fact]
    public async Task A_long_enumeration_says_how_far_it_is()
    {
        var run = await RsmoothRunner.RunAsync("theory", "grid", "--width", "5", "--height", "4", "--radius", "1");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        run.Error.ShouldContain("smoothed 25 % of 1,048,576 hypotheses");
        run.Error.ShouldContain("smoothed 100 % of");
    }

    [Fact]
    public async Task Vanishing_levels_come_one_row_a_dimension()
    {
        var run = await RsmoothRunner.RunAsync("theory", "vanish", "--dimensions", "1,10", "-o", "json");
        var rows = JsonNode.Parse(run.Output)!.AsArray();
        rows.Count.ShouldBe(2);
        rows[1]!["vanishing_sigma"]!.GetValue<double>().ShouldBe(0.3271781591, 1e-9);
    }

    [Theory]
    [InlineData("cycle --n 6 --radius 1 --sweep")]
    [InlineData("hypercube --n 2 --flip 0.1 --sweep")]
    [InlineData("interval --half-width 1 --noise logistic --sigma 1 --sweep")]
    [InlineData("ball --dimension 10 --radius 1 --sigma 1 --sweep")]
    public async Task A_sweep_draws_its_curve_and_keeps_the_numbers(string line)
    {
        using var folder = new ScratchFolder();
        var run = await RsmoothRunner.RunInAsync(folder.Path, ["theory", .. line.Split(' '), "--out", "plots"]);
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        (await File.ReadAllBytesAsync(folder.File("plots/shrink.png")))
            .AsSpan(1, 3)
            .SequenceEqual("PNG"u8)
            .ShouldBeTrue();
        (await File.ReadAllTextAsync(folder.File("plots/shrink.svg"))).ShouldContain("<svg");
        (await File.ReadAllLinesAsync(folder.File("plots/shrink.csv"))).Length.ShouldBeGreaterThan(3);
        Directory.GetFiles(folder.File("plots")).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_kernel_is_read_from_its_file_and_a_faulty_one_refused_with_its_line()
    {
        using var folder = new ScratchFolder();
        folder.Write("good.csv", "1/3,1/3,1/3\n1/3,1/3,1/3\n1/3,1/3,1/3\n");
        folder.Write("bad.csv", "0.5,0.5\n0.5,0.4\n");
        var good = await RsmoothRunner.RunInAsync(folder.Path, "theory", "kernel", "good.csv", "-o", "json");
        good.ExitCode.ShouldBe(ExitCodes.Done, good.Error);
        JsonNode.Parse(good.Output)!["image"]!.GetValue<int>().ShouldBe(2);
        var bad = await RsmoothRunner.RunInAsync(folder.Path, "theory", "kernel", "bad.csv");
        bad.ExitCode.ShouldBe(2);
        bad.Error.ShouldContain("line 2");
    }

    [Theory]
    [InlineData("grid --width 8 --height 6 --radius 1", "2^48")]
    [InlineData("hypercube --n 3", "--flip")]
    [InlineData("interval --half-width 1", "--sigma")]
    [InlineData("ball --dimension 3 --radius 1 --noise laplace --sigma 1", "laplace")]
    public async Task A_question_that_cannot_be_answered_is_refused_with_the_reason(string line, string reason)
    {
        var run = await RsmoothRunner.RunAsync(["theory", .. line.Split(' ')]);
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain(reason);
    }
}
