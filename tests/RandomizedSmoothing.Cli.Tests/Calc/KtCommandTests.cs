using System.Globalization;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Calc;

public sealed class KtCommandTests
{
    [Fact]
    public async Task A_file_of_counts_agrees_with_the_golden_wealth()
    {
        using var scratch = new ScratchFolder();
        var golden = Golden("kt_logwealth_points.csv").Where(cells => cells[2] is not ("0" or "1")).ToList();
        scratch.Write(
            "rows.csv",
            "heads,draws,target,alpha\n" + string.Join('\n', golden.Select(c => $"{c[0]},{c[1]},{c[2]},0.001"))
        );

        var run = await RsmoothRunner.RunInAsync(scratch.Path, "calc", "kt", "--input", "rows.csv");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        var lines = run.Output.TrimEnd('\n').Split('\n');
        lines[0].ShouldBe("heads,draws,target,alpha,log_wealth,decision");
        lines.Length.ShouldBe(golden.Count + 1);
        foreach (var (line, cells) in lines.Skip(1).Zip(golden))
        {
            var exact = double.Parse(cells[3], CultureInfo.InvariantCulture);
            double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture)
                .ShouldBe(exact, 1e-10 + (Math.Abs(exact) * 1e-12));
        }
    }

    [Fact]
    public async Task The_decision_turns_at_the_golden_counts()
    {
        foreach (var cells in Golden("kt_betting_thresholds.csv").Where((c, row) => row % 4 == 0 && c[5].Length > 0))
        {
            var (t, accept) = (long.Parse(cells[4]), long.Parse(cells[5]));

            (await Decision(accept, t, cells)).ShouldBe("accept");
            (await Decision(accept - 1, t, cells)).ShouldBe("undecided");
            if (cells[8].Length > 0)
            {
                var reject = long.Parse(cells[8]);
                (await Decision(reject, t, cells)).ShouldBe("reject");
                (await Decision(reject + 1, t, cells)).ShouldBe("undecided");
            }
        }
    }

    [Theory]
    [InlineData("--heads 5 --draws 4 --target 0.5 --alpha 0.1", "heads cannot exceed draws")]
    [InlineData("--heads 5 --draws 9 --target 1 --alpha 0.1", "--target is '1'")]
    [InlineData("--heads 5 --draws 9 --alpha 0.1", "needs --target")]
    public async Task Bad_input_ends_with_code_2_and_says_what(string options, string error)
    {
        var run = await RsmoothRunner.RunAsync($"calc kt {options}".Split(' '));

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain(error);
    }

    private static async Task<string> Decision(long heads, long draws, string[] cells)
    {
        var line = $"calc kt --heads {heads} --draws {draws} --target {cells[0]} --alpha {cells[3]} -o json";
        var run = await RsmoothRunner.RunAsync(line.Split(' '));
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        return JsonNode.Parse(run.Output)!["decision"]!.GetValue<string>();
    }

    private static IEnumerable<string[]> Golden(string file) =>
        File.ReadLines(Path.Combine(RepositoryRoot.Path, "tests", "golden", file))
            .Skip(1)
            .Select(line => line.Split(','));
}
