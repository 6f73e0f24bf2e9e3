using System.Collections;
using System.CommandLine;

namespace RandomizedSmoothing.Cli.Tests.Input;

public sealed class NumberOptionsTests
{
    [Theory]
    [InlineData("--workers is 'x': it must be a whole number from 1 to 1,024", "run", "a.yaml", "--workers", "x")]
    [InlineData("--workers is '0': it must be a whole number from 1 to 1,024", "plan", "a.yaml", "--workers", "0")]
    [InlineData("--explain is 'first': it must be a whole number from 0", "results", "a", "--explain", "first")]
    [InlineData("--decimals is '1.5': it must be a whole number from 0 to 10", "table", "a", "--decimals", "1.5")]
    [InlineData("--n is 'many': it must be a whole number from 1", "audit", "a", "--n", "1e3", "--n", "many")]
    [InlineData("--sigma is 'x': it must be a number at least 0", "import", "a", "--sigma", "x")]
    [InlineData(
        "--sigma is '0': it must be a number greater than 0",
        "models",
        "check",
        "a",
        "-d",
        "b",
        "--sigma",
        "0"
    )]
    [InlineData(
        "--alpha is '1': it must be a number greater than 0",
        "models",
        "check",
        "a",
        "-d",
        "b",
        "--alpha",
        "1"
    )]
    [InlineData("priority is 'high': it must be a whole number from -1,000 to 1,000", "priority", "a", "high")]
    [InlineData("--cost-per-hour is '-1': it must be a number at least 0", "workers", "--cost-per-hour", "-1")]
    [InlineData("--streams is 'x': it must be a whole number from 0 to 10,000", "load-test", "a", "--streams", "x")]
    [InlineData("--kill-rate is 'NaN': it must be a number from 0 to 60", "simulate", "--kill-rate", "NaN")]
    [InlineData("--workers is 1000: it must be at most 64", "simulate", "--real-time", "--workers", "1e3")]
    public async Task A_wrong_number_is_told_with_its_rule(string told, params string[] arguments)
    {
        var run = await RsmoothRunner.RunAsync(arguments);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldStartWith($"error: {told}");
        run.Error.ShouldNotContain("System.");
    }

    // What has no parser of its own is refused by the library, in the words of its developers.
    [Fact]
    public void Every_value_that_is_no_text_has_a_parser_of_its_own()
    {
        var terminal = new Terminal { Out = TextWriter.Null, Error = TextWriter.Null };
        var bare = Commands(RootCommandFactory.Create(terminal))
            .SelectMany(c => c.Options.Concat<Symbol>(c.Arguments).Select(s => (Command: c, Symbol: s)))
            .Where(x => !IsText(ValueType(x.Symbol)) && Parser(x.Symbol) is null)
            .Select(x => $"{x.Command.Name} {x.Symbol.Name}: {ValueType(x.Symbol)}");

        bare.ShouldBeEmpty();
    }

    private static IEnumerable<Command> Commands(Command root) => root.Subcommands.SelectMany(Commands).Prepend(root);

    private static Type ValueType(Symbol symbol) =>
        symbol is Option option ? option.ValueType : ((Argument)symbol).ValueType;

    private static object? Parser(Symbol symbol) => symbol.GetType().GetProperty("CustomParser")?.GetValue(symbol);

    // Flags take no value, and a choice among names refuses anything else before it is converted.
    private static bool IsText(Type type) =>
        type == typeof(string)
        || type == typeof(bool)
        || type == typeof(void)
        || type == typeof(Output.OutputFormat)
        || (type.IsAssignableTo(typeof(IEnumerable)) && type.GetElementType() == typeof(string));
}
