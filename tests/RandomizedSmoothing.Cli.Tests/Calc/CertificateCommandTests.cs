using System.Globalization;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Calc;

public sealed class CertificateCommandTests
{
    [Fact]
    public async Task A_certificate_agrees_with_the_golden_radii()
    {
        var golden = File.ReadLines(
                Path.Combine(RepositoryRoot.Path, "tests", "golden", "gaussian_radius_from_counts.csv")
            )
            .Skip(1)
            .Select(line => line.Split(','))
            .Where((_, row) => row % 5 == 0)
            .ToList();
        golden.Count.ShouldBeGreaterThan(20);
        foreach (var cells in golden)
        {
            var (n, k) = (long.Parse(cells[0]), long.Parse(cells[1]));
            var json = await JsonOf(
                $"calc certificate --counts {k},{n - k} --class 0 --alpha {cells[2]} --sigma {cells[3]}"
            );

            json["abstain"]!.GetValue<bool>().ShouldBe(cells[5] == "1");
            if (cells[5] == "0")
            {
                var exact = double.Parse(cells[6], CultureInfo.InvariantCulture);
                json["radius"]!.GetValue<double>().ShouldBe(exact, 1e-14 + (exact * 1e-12));
                json["radius"]!.GetValue<double>().ShouldBeLessThanOrEqualTo(Math.BitIncrement(exact));
            }
        }
    }

    [Fact]
    public async Task The_arithmetic_is_shown_line_by_line()
    {
        var run = await Run("calc certificate --counts 9000,500,500 --selection 80,10,10 --sigma 0.5 --alpha 0.001");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        foreach (
            var word in (string[])["argmax of 100 selection draws", "9000", "0.89", "Φ⁻¹", "R = σ Φ⁻¹(p)", "class 0"]
        )
        {
            run.Output.ShouldContain(word);
        }

        run.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_two_class_certificate_reaches_further()
    {
        const string Line = "calc certificate --counts 4500,1000,900 --class 0 --sigma 1 --alpha 0.001";

        var top = await JsonOf(Line);
        var two = await JsonOf($"{Line} --two-class");

        two["radius"]!.GetValue<double>().ShouldBeGreaterThan(top["radius"]!.GetValue<double>());
        two["upper"]!.GetValue<double>().ShouldBeLessThan(top["upper"]!.GetValue<double>());
    }

    [Fact]
    public async Task Selecting_by_the_evidence_itself_is_noted()
    {
        var run = await Run("calc certificate --counts 90,5,5 --sigma 0.5 --alpha 0.001 -o json");

        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Error.ShouldContain("fixed before");
        JsonNode.Parse(run.Output)!["class"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task Votes_without_a_majority_abstain()
    {
        var json = await JsonOf("calc certificate --counts 50,50 --class 1 --sigma 0.5 --alpha 0.001");

        json["abstain"]!.GetValue<bool>().ShouldBeTrue();
        json["radius"].ShouldBeNull();
        json["class"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("--sigma 0.5 --alpha 0.001", "needs --counts")]
    [InlineData("--counts 5 --sigma 0.5 --alpha 0.001", "two or more classes")]
    [InlineData("--counts 5,x --sigma 0.5 --alpha 0.001", "'5,x'")]
    [InlineData("--counts 0,0 --sigma 0.5 --alpha 0.001", "'0,0'")]
    [InlineData("--counts 5,5 --class 2 --sigma 0.5 --alpha 0.001", "classes 0 to 1")]
    [InlineData("--counts 5,5 --selection 1,1,1 --sigma 0.5 --alpha 0.001", "--selection has 3 classes")]
    [InlineData("--counts 5,5 --sigma 0 --alpha 0.001", "--sigma is '0'")]
    [InlineData("--counts 5,5 --sigma 0.5 --alpha 0.001 --norm linf", "Give --dimension")]
    [InlineData("--counts 5,5 --sigma 0.5 --alpha 0.001 --noise gauss", "gauss")]
    [InlineData("--counts 5,5 --sigma 0.5 --alpha 0.001 --noise dssn", "441 offsets")]
    public async Task Bad_input_ends_with_code_2_and_says_what(string options, string error)
    {
        var run = await Run($"calc certificate {options}");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain(error);
        run.Output.ShouldBeEmpty();
    }

    private static async Task<JsonNode> JsonOf(string line)
    {
        var run = await Run($"{line} -o json");
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        return JsonNode.Parse(run.Output)!;
    }

    private static Task<RsmoothRunner.Finished> Run(string line) => RsmoothRunner.RunAsync(line.Split(' '));
}
