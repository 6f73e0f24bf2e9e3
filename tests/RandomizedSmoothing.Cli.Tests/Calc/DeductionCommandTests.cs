using System.Globalization;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Calc;

public sealed class DeductionCommandTests
{
    [Fact]
    public async Task Every_golden_deduction_is_reproduced()
    {
        var golden = File.ReadLines(Path.Combine(RepositoryRoot.Path, "tests", "golden", "high_prob_deduction.csv"))
            .Skip(1)
            .Select(line => line.Split(','));
        foreach (var cells in golden)
        {
            var line = $"calc deduction --images {cells[0]} --alpha {cells[1]} --rho {cells[2]} -o json";
            var run = await RsmoothRunner.RunAsync(line.Split(' '));

            run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
            var json = JsonNode.Parse(run.Output)!;
            json["false_certificates"]!.GetValue<long>().ShouldBe(long.Parse(cells[3]));
            json["deduction"]!.GetValue<double>().ShouldBe(double.Parse(cells[4], CultureInfo.InvariantCulture), 1e-15);
        }
    }
}
