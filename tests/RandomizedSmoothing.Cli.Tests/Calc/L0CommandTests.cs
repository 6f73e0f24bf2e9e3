using System.Globalization;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Calc;

public sealed class L0CommandTests
{
    [Fact]
    public async Task Golden_thresholds_are_reproduced_to_20_digits()
    {
        var golden = File.ReadLines(
                Path.Combine(RepositoryRoot.Path, "tests", "golden", "l0_lee2019_rho_inverse_half.csv")
            )
            .Skip(1)
            .Select(line => line.Split(','))
            .Where((_, row) => row % 9 == 0);
        foreach (var cells in golden)
        {
            var line = $"calc l0 --alpha {cells[3]} --classes {cells[1]} --changed {cells[4]} -o json";
            var run = await RsmoothRunner.RunAsync(line.Split(' '));

            run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
            var json = JsonNode.Parse(run.Output)!;
            json["digits"]!.GetValue<string>()[..24].ShouldBe(cells[6][..24], line);
            var threshold = double.Parse(cells[6], CultureInfo.InvariantCulture);
            json["threshold"]!.GetValue<double>().ShouldBe(threshold, 2.3e-16);
        }
    }
}
