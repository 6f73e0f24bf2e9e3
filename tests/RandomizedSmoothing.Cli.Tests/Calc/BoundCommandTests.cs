using System.Globalization;
using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Calc;

public sealed class BoundCommandTests
{
    [Fact]
    public async Task A_bound_prints_as_one_json_object()
    {
        var run = await RsmoothRunner.RunAsync([
            .. Words("calc bound --successes 990 --draws 1e3 --alpha 0.001 -o json"),
        ]);

        run.ExitCode.ShouldBe(ExitCodes.Done);
        var json = JsonNode.Parse(run.Output)!;
        json["lower"]!.GetValue<double>().ShouldBe(0.9760361871553115, 1e-14);
        json["upper"]!.GetValue<double>().ShouldBe(0.9970304990695043, 1e-14);
        run.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_of_counts_agrees_with_the_golden_values()
    {
        using var scratch = new ScratchFolder();
        var golden = File.ReadLines(Path.Combine(RepositoryRoot.Path, "tests", "golden", "clopper_pearson.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .Where((_, row) => row % 7 == 0)
            .ToList();
        var input = golden.Select(cells => $"{cells[2]},{cells[1]},{cells[0]},ignored");
        scratch.Write("rows.csv", $"alpha,k,n,note\n{string.Join('\n', input)}\n\n");

        var run = await RsmoothRunner.RunInAsync(
            scratch.Path,
            "calc",
            "bound",
            "--input",
            "rows.csv",
            "--out",
            "out.csv"
        );

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        run.Output.ShouldBeEmpty();
        Directory.GetFiles(scratch.Path).Length.ShouldBe(2);
        var lines = await File.ReadAllLinesAsync(scratch.File("out.csv"));
        lines[0].ShouldBe("n,k,alpha,lower,upper");
        lines.Length.ShouldBe(golden.Count + 1);
        foreach (var (line, cells) in lines.Skip(1).Zip(golden))
        {
            var written = line.Split(',');
            written[..3].ShouldBe([cells[0], cells[1], cells[2]]);
            Number(written[3]).ShouldBe(Number(cells[3]), 1e-300 + (Number(cells[3]) * 1e-12));
            Number(written[4]).ShouldBe(Number(cells[4]), 1e-300 + (Number(cells[4]) * 1e-12));
        }
    }

    [Theory]
    [InlineData("n,k,alpha\n10,11,0.1\n", "rows.csv:2: k is '11'")]
    [InlineData("n,k,alpha\n10,1,0.1\n\n0,0,0.1\n", "rows.csv:4: n is '0'")]
    [InlineData("n,k,alpha\n10,1,1\n", "rows.csv:2: alpha is '1'")]
    [InlineData("n,k,alpha\n10,1,nan\n", "alpha is 'nan'")]
    [InlineData("n,k,alpha\n10,1\n", "2 cells")]
    [InlineData("n,k\n10,1\n", "no column 'alpha'")]
    [InlineData("", "no column 'n'")]
    public async Task A_bad_file_is_one_paragraph_and_leaves_no_output(string text, string error)
    {
        using var scratch = new ScratchFolder();
        scratch.Write("rows.csv", text);

        var run = await RsmoothRunner.RunInAsync(
            scratch.Path,
            "calc",
            "bound",
            "--input",
            "rows.csv",
            "--out",
            "out.csv"
        );

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain(error);
        run.Error.Trim().Split('\n').Length.ShouldBe(1);
        Directory.GetFiles(scratch.Path).Select(Path.GetFileName).ShouldBe(["rows.csv"]);
    }

    [Theory]
    [InlineData("calc bound --successes 11 --draws 10 --alpha 0.1", "successes cannot exceed draws")]
    [InlineData("calc bound --successes 1 --draws 0 --alpha 0.1", "--draws is '0'")]
    [InlineData("calc bound --successes 1.5 --draws 10 --alpha 0.1", "--successes is '1.5'")]
    [InlineData("calc bound --successes 1 --draws 10 --alpha 1", "--alpha is '1'")]
    [InlineData("calc bound --successes 1 --draws 10", "needs --alpha")]
    [InlineData("calc bound --input nowhere.csv", "cannot be read")]
    [InlineData("calc bound --successes 1 --draws 10 --alpha 0.1 -o yaml", "yaml")]
    public async Task Bad_input_ends_with_code_2_and_says_what(string line, string error)
    {
        var run = await RsmoothRunner.RunAsync([.. Words(line)]);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain(error);
        run.Output.ShouldBeEmpty();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Words(string line) => line.Split(' ');
}
