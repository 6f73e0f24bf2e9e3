using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Cli.Tests.Operations;

public sealed class ConsoleCommandTests : IAsyncLifetime
{
    private ConsoleNode _node = null!;

    public async Task InitializeAsync() => _node = await ConsoleNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_single_command_prints_its_answer_and_ends()
    {
        var run = await RsmoothRunner.RunAsync("console", _node.Address, "lamp", "light", "-l", "the long hall");

        run.Output.ShouldBe("the long hall shines.\n");
        run.Error.ShouldBeEmpty();
        run.ExitCode.ShouldBe(ExitCodes.Done);
    }

    [Fact]
    public async Task The_node_may_be_named_as_for_the_other_verbs_but_not_twice()
    {
        var cluster = $"http://{_node.Address}";

        var before = await RsmoothRunner.RunAsync("console", "--cluster", cluster, "lamp", "light", "-l", "hall");
        var behind = await RsmoothRunner.RunAsync("console", "lamp", "light", "-l", "hall", "--cluster", cluster);
        var twice = await RsmoothRunner.RunAsync("console", _node.Address, "lamp", "list", "--cluster", cluster);

        before.Output.ShouldBe("hall shines.\n", before.Error);
        behind.Output.ShouldBe("hall shines.\n", behind.Error);
        twice.ExitCode.ShouldBe(ExitCodes.BadInput);
        twice.Error.ShouldContain("give one of them");
    }

    [Fact]
    public async Task Switches_that_rsmooth_has_too_reach_the_command()
    {
        var run = await RsmoothRunner.RunAsync("console", _node.Address, "lamp", "list", "-o", "json");

        run.Output.ShouldBe("""[{"lamp":"hall"},{"lamp":"hallway"},{"lamp":"stairs"}]""" + "\n");
    }

    [Fact]
    public async Task A_refusal_goes_to_standard_error_with_the_exit_code_of_bad_input()
    {
        var run = await RsmoothRunner.RunAsync("console", _node.Address, "lamp", "light", "-l", "moon");

        run.Output.ShouldBeEmpty();
        run.Error.ShouldBe("error: There is no lamp 'moon'.\n");
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
    }

    [Fact]
    public async Task No_node_there_is_an_unreachable_cluster()
    {
        var run = await RsmoothRunner.RunAsync("console", "127.0.0.1:1", "lamp", "list");

        run.ExitCode.ShouldBe(ExitCodes.Unreachable);
        run.Error.ShouldContain("127.0.0.1:1");
    }

    [Fact]
    public async Task Lines_that_are_piped_in_are_carried_out_in_order()
    {
        var (exitCode, output, error) = await RunAsync(
            new StringReader("# a comment\n\nlamp light -l hall\nlamp light -l moon\nlamp list\nexit\nlamp list\n"),
            null
        );

        output.ShouldBe("hall shines.\nlamp\nhall\nhallway\nstairs\n");
        error.ShouldContain("moon");
        exitCode.ShouldBe(ExitCodes.BadInput);
    }

    [Fact]
    public async Task A_session_completes_words_from_the_palette_and_values_from_the_cluster()
    {
        var keyboard = new ScriptedKeyboard("la\tli\tg\t--l\ts\t\n", "lamp light -l ha\t\n", "exit\n");

        var (exitCode, output, error) = await RunAsync(TextReader.Null, keyboard);

        error.ShouldContain("There is no lamp 'stairs'.");
        Plain(output).ShouldContain("hall shines.");
        exitCode.ShouldBe(ExitCodes.Done);
    }

    [Fact]
    public async Task Control_C_ends_the_command_and_not_the_session()
    {
        var keyboard = new ScriptedKeyboard("lamp stare\n", "lamp light -l hall\n", "exit\n");
        var output = new Interrupting("They shine.", () => keyboard.Interrupt!());

        var (exitCode, _, error) = await RunAsync(TextReader.Null, keyboard, output);

        error.ShouldContain("interrupted");
        Plain(output.ToString()).ShouldContain("hall shines.");
        exitCode.ShouldBe(ExitCodes.Done);
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(
        TextReader input,
        ScriptedKeyboard? keyboard,
        StringWriter? screen = null
    )
    {
        var output = screen ?? new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal
        {
            Out = output,
            Error = error,
            In = input,
            Keyboard = keyboard,
            IsInteractive = keyboard is not null,
            IsOutputInteractive = keyboard is not null,
            Environment = _ => null,
        };
        var exitCode = await RsmoothApp
            .InvokeAsync(["console", _node.Address], terminal)
            .WaitAsync(TimeSpan.FromSeconds(60));
        return (exitCode, output.ToString(), error.ToString());
    }

    private static string Plain(string screen) => Regex.Replace(screen, "\u001b\\[[0-9]*[A-Z]", "");

    /// <summary>Calls back when a line is written.</summary>
    private sealed class Interrupting(string line, Action action) : StringWriter
    {
        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            if (value == line)
            {
                action();
            }
        }
    }
}
