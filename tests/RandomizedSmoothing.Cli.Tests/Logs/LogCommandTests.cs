using System.Text.Json.Nodes;

namespace RandomizedSmoothing.Cli.Tests.Logs;

public sealed class LogCommandTests : IDisposable
{
    private const string Header = "idx\tlabel\tpredict\tradius\tcorrect\ttime\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("rsmooth-cli-logs-").FullName;

    public LogCommandTests()
    {
        Write(
            "toy/net/noise_0.25/test/sigma_0.25",
            "0\t1\t1\t0.953\t1\t1.0\n20\t1\t1\t0.953\t1\t1.0\n40\t2\t1\t0.1\t0\t1.0\n"
        );
        Write(
            "toy/net/noise_0.50/test/sigma_0.50",
            "0\t1\t1\t1.5\t1\t1.0\n20\t1\t-1\t0.0\t0\t1.0\n40\t2\t2\t0.3\t1\t1.0\n"
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_table_marks_the_best_of_each_column()
    {
        var run = await RsmoothRunner.RunInAsync(_folder, "table", "toy", "--radii", "0.25,1", "-o", "md");
        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Output.ShouldContain("| 0.25 | **0.67*** | 0.00 |");
        run.Output.ShouldContain("| 0.5 | **0.67*** | **0.33*** |");
    }

    [Fact]
    public async Task A_comparison_says_first_how_the_runs_differ_and_draws_them_where_asked()
    {
        string[] paths = ["toy/net/noise_0.25/test/sigma_0.25", "toy/net/noise_0.50/test/sigma_0.50"];
        var run = await RsmoothRunner.RunInAsync(_folder, ["compare", .. paths, "--out", "cmp", "-o", "json"]);
        run.ExitCode.ShouldBe(ExitCodes.Done);
        var comparison = JsonNode.Parse(run.Output)![0]!;
        comparison["differences"]!.AsArray().Select(d => (string)d!["fact"]!).ShouldContain("σ");
        ((int)comparison["deltas"]![0]!["sharedImages"]!).ShouldBe(3);
        File.Exists(Path.Combine(_folder, "cmp", "compare.png")).ShouldBeTrue();
        (await RsmoothRunner.RunInAsync(_folder, "compare", paths[0])).ExitCode.ShouldBe(ExitCodes.BadInput);
    }

    [Fact]
    public async Task An_audit_prints_the_promised_fields()
    {
        var run = await RsmoothRunner.RunInAsync(_folder, "audit", "toy", "-o", "json");
        run.ExitCode.ShouldBe(ExitCodes.Done);
        var audits = JsonNode.Parse(run.Output)!.AsArray();
        audits.Count.ShouldBe(2);
        ((int)audits[0]!["rows"]!).ShouldBe(3);
        ((bool)audits[0]!["complete"]!).ShouldBeTrue();
        audits[0]!["warnings"]!.AsArray().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Imported_logs_serve_as_well_as_the_originals()
    {
        var import = await RsmoothRunner.RunInAsync(_folder, "import", "toy", "--out", "in", "--alpha", "0.001");
        import.ExitCode.ShouldBe(ExitCodes.Done);
        File.Exists(Path.Combine(_folder, "in", "certificates", "toy__net@0.5__gaussian__0.5.tsv")).ShouldBeTrue();
        var table = await RsmoothRunner.RunInAsync(_folder, "table", "in", "--radii", "0.25,1", "-o", "csv");
        table.Output.ShouldContain("toy,net,0.5,gaussian,0.5,,0.001,3,3,");
    }

    [Theory]
    [InlineData("table")]
    [InlineData("compare", "toy/net/noise_0.25/test/sigma_0.25")]
    public async Task What_could_not_be_read_of_a_log_is_told_beside_the_numbers(params string[] command)
    {
        Write("cut/net/noise_0.25/test/sigma_0.25", "0\t1\t1\t0.953\t1\t1.0\n20\t1\t1\t-2\t1\t1.0\n40\t2");
        var run = await RsmoothRunner.RunInAsync(_folder, [.. command, "cut/net/noise_0.25/test/sigma_0.25"]);
        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Error.ShouldContain("line 3: radius '-2'");
        run.Error.ShouldContain("line 4: the file ends in the middle of a row");
    }

    [Theory]
    [InlineData("table", "nowhere")]
    [InlineData("audit", "nowhere")]
    [InlineData("import", "nowhere")]
    [InlineData("compare", "nowhere", "toy")]
    [InlineData("table", "toy", "--radii", "x")]
    [InlineData("table", "toy", "--radii", "-1")]
    [InlineData("table", "toy", "--decimals", "99")]
    [InlineData("audit", "toy", "--alpha", "0.9")]
    [InlineData("audit", "toy", "--sigma", "-1")]
    [InlineData("audit")]
    public async Task A_mistake_is_named_in_one_paragraph(params string[] arguments)
    {
        var run = await RsmoothRunner.RunInAsync(_folder, arguments);
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldStartWith("error: ");
        run.Error.ShouldNotContain("   at ");
    }

    private void Write(string path, string rows)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, Header + rows);
    }
}
