using RandomizedSmoothing.Cli.Operations;

namespace RandomizedSmoothing.Cli.Tests.Operations;

public sealed class LineEditorTests
{
    private static readonly (ConsoleKey, ConsoleModifiers) ControlA = (ConsoleKey.A, ConsoleModifiers.Control);
    private static readonly (ConsoleKey, ConsoleModifiers) ControlC = (ConsoleKey.C, ConsoleModifiers.Control);
    private static readonly (ConsoleKey, ConsoleModifiers) ControlD = (ConsoleKey.D, ConsoleModifiers.Control);
    private static readonly (ConsoleKey, ConsoleModifiers) ControlK = (ConsoleKey.K, ConsoleModifiers.Control);
    private static readonly (ConsoleKey, ConsoleModifiers) ControlW = (ConsoleKey.W, ConsoleModifiers.Control);

    public static TheoryData<object[], string> Lines =>
        new()
        {
            { ["sweep list\n"], "sweep list" },
            { ["sweeep", ConsoleKey.LeftArrow, ConsoleKey.Backspace, "\n"], "sweep" },
            { ["weep", ControlA, "s", ConsoleKey.End, "!\n"], "sweep!" },
            { ["sweep list", ControlW, ControlW, "worker\n"], "worker" },
            { ["abc", ConsoleKey.Home, ConsoleKey.Delete, "\n"], "bc" },
            { ["abc", ConsoleKey.LeftArrow, ControlK, "\n"], "ab" },
            { ["abc", ConsoleKey.Escape, "d\n"], "d" },
            { ["wrong", ControlC, "right\n"], "right" },
            { [ConsoleKey.UpArrow, ConsoleKey.UpArrow, "\n"], "older" },
            { [ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.DownArrow, "\n"], "newer" },
            { ["begun", ConsoleKey.UpArrow, ConsoleKey.DownArrow, "\n"], "begun" },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Keys_edit_the_line_as_in_a_shell(object[] keys, string line)
    {
        (await ReadAsync(keys)).Line.ShouldBe(line);
    }

    [Fact]
    public async Task Control_D_ends_the_session_on_an_empty_line_only()
    {
        (await ReadAsync(ControlD)).Line.ShouldBeNull();
        (await ReadAsync("ab", ControlA, ControlD, "\n")).Line.ShouldBe("b");
    }

    [Fact]
    public async Task Tab_completes_what_is_certain_and_lists_the_rest()
    {
        var (line, screen) = await ReadAsync("x\t\t\n");

        line.ShouldBe("xa");
        screen.ShouldContain("xab  xac");
    }

    [Fact]
    public async Task A_line_longer_than_the_screen_never_wraps()
    {
        var (line, screen) = await ReadAsync(new string('y', 50) + "\n");

        line!.Length.ShouldBe(50);
        screen
            .Split('\r')
            .Select(shown => shown.Replace("\u001b[K", "").TrimEnd('\n'))
            .ShouldAllBe(shown => shown.Length < 20);
    }

    [Fact]
    public void History_survives_the_session_and_drops_repeats()
    {
        var folder = Directory.CreateTempSubdirectory("rsmooth-test-");
        try
        {
            var path = Path.Combine(folder.FullName, "state", "history");
            var first = new LineHistory(path);
            first.Add("one");
            first.Add("two");
            first.Add("two");

            var second = new LineHistory(path);

            second.Back("").ShouldBe("two");
            second.Back("").ShouldBe("one");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(string? Line, string Screen)> ReadAsync(params object[] keys)
    {
        var screen = new StringWriter { NewLine = "\n" };
        var history = new LineHistory(null);
        history.Add("older");
        history.Add("newer");
        var editor = new LineEditor(
            new ScriptedKeyboard(keys) { Columns = 20 },
            screen,
            history,
            (before, _) => Task.FromResult(new Completions(before, before.StartsWith('x') ? ["xab", "xac"] : []))
        );
        return (await editor.ReadAsync("> ", CancellationToken.None), screen.ToString());
    }
}
