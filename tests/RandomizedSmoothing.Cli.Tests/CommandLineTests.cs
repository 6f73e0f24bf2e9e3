using RandomizedSmoothing.Cli.Output;

namespace RandomizedSmoothing.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task An_unknown_verb_is_bad_input_and_names_the_help()
    {
        var run = await RsmoothRunner.RunAsync("certfy");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("certfy");
        run.Error.ShouldContain("rsmooth --help");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Help_lists_every_verb_on_standard_output()
    {
        var run = await RsmoothRunner.RunAsync("--help");

        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Output.ShouldContain("calc");
        run.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(OutputFormat.Csv, "name,value\n\"a,b\",0.1\n")]
    [InlineData(OutputFormat.Table, "name  value\na,b     0.1\n")]
    [InlineData(OutputFormat.Md, "| name | value |\n| --- | --- |\n| a,b | 0.1 |\n")]
    public void A_table_prints_in_every_text_form(OutputFormat format, string expected)
    {
        var output = new StringWriter { NewLine = "\n" };

        new RowTable("name", "value").Add("a,b", 0.1).Write(output, format);

        output.ToString().ShouldBe(expected);
    }

    [Fact]
    public void A_table_as_json_keeps_numbers_as_numbers_and_has_no_place_for_infinity()
    {
        var json = new RowTable("x", "y").Add(0.1, double.PositiveInfinity).ToJson();

        json[0]!["x"]!.GetValue<double>().ShouldBe(0.1);
        json[0]!["y"].ShouldBeNull();
    }

    [Theory]
    [InlineData(
        true,
        "error: Access to the path '/data/x' is denied. Check the path, its permissions and the free space there."
    )]
    [InlineData(
        false,
        "error: IOException: pipes are odd This is a defect of rsmooth; RSMOOTH_DEBUG=1 shows where it arose."
    )]
    public async Task What_a_file_system_refuses_is_no_defect(bool isOfFile, string expected)
    {
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Out = TextWriter.Null,
            Error = error,
            Environment = name =>
                name.StartsWith("RSMOOTH_CLUSTER", StringComparison.Ordinal)
                    ? throw (
                        isOfFile
                            ? new UnauthorizedAccessException("Access to the path '/data/x' is denied.")
                            : new IOException("pipes are odd")
                    )
                    : null,
        };

        (await RsmoothApp.InvokeAsync(["ls"], terminal)).ShouldBe(ExitCodes.Error);

        error.ToString().ShouldBe(expected + "\n");
    }
}
