using RandomizedSmoothing.Cli.Run;
using RandomizedSmoothing.Core.Sweeps;
using Spectre.Console;

namespace RandomizedSmoothing.Cli.Tests.Run;

public sealed class ProgressDisplayTests
{
    private static readonly SweepProgress Half = new()
    {
        Sweep = new SweepId("quickstart"),
        Name = "quickstart",
        State = SweepState.Running,
        Draws = 1_210_000,
        DrawsPerSecond = 83_100,
        Remaining = TimeSpan.FromSeconds(42),
        Trainings =
        [
            new TrainingStatus(new ContentHash(new string('a', 64)), "small-conv", 0.5, 0.25, false, "worker-7:cpu:0"),
            new TrainingStatus(new ContentHash(new string('b', 64)), "small-conv", 1, 0, false, null),
        ],
        Cells =
        [
            new CellProgress(new CellId("digits/small-conv@0.25/gaussian/0.25"), 5, 5, 5000, 0),
            new CellProgress(new CellId("digits/small-conv@0.5/gaussian/0.5"), 2, 5, 2000, 1),
            new CellProgress(new CellId("digits/small-conv@1/gaussian/1"), 0, 5, 0, 0),
        ],
    };

    [Theory]
    [InlineData(
        40,
        """
            quickstart  1/3 cells  7/15 images
            1.21 M draws  83.1 k draws/s  ETA 0:42
            training small-conv@0.5 25 %
            train… σ=0.5  ━━────  worker…:cpu:0
            train…nv σ=1  ──────  waiting
            digit…n/0.25  ━━━━━━  5/5
            digit…an/0.5  ━━────  2/5, 1 quarantined
            digit…sian/1  ──────  0/5
            """
    )]
    [InlineData(
        72,
        """
            quickstart  1/3 cells  7/15 images  1.21 M draws  83.1 k draws/s
            ETA 0:42  training small-conv@0.5 25 %
            train small-conv σ=0.5                ━━─────  worker-7:cpu:0
            train small-conv σ=1                  ───────  waiting
            digits/small-conv@0.25/gaussian/0.25  ━━━━━━━  5/5 images
            digits/small-conv@0.5/gaussian/0.5    ━━━────  2/5 images, 1 quarantined
            digits/small-conv@1/gaussian/1        ───────  0/5 images
            """
    )]
    [InlineData(
        100,
        """
            quickstart  1/3 cells  7/15 images  1.21 M draws  83.1 k draws/s  ETA 0:42
            training small-conv@0.5 25 %
            train small-conv σ=0.5                ━━━━━━──────────────────  worker-7:cpu:0
            train small-conv σ=1                  ────────────────────────  waiting
            digits/small-conv@0.25/gaussian/0.25  ━━━━━━━━━━━━━━━━━━━━━━━━  5/5 images
            digits/small-conv@0.5/gaussian/0.5    ━━━━━━━━━━──────────────  2/5 images, 1 quarantined
            digits/small-conv@1/gaussian/1        ────────────────────────  0/5 images
            """
    )]
    public void No_row_of_the_live_screen_is_broken(int width, string approved) =>
        Screen(width).ShouldBe(approved.ReplaceLineEndings("\n"));

    [Fact]
    public void What_does_not_fit_is_counted()
    {
        var cells = Enumerable.Range(1, 20).Select(i => new CellProgress(new CellId($"c{i}"), 0, 5, 0, 0));

        Screen(72, Half with { Cells = [.. cells] }).ShouldEndWith("\n… and 4 more cells");
    }

    [Fact]
    public void The_last_warnings_stand_below()
    {
        var screen = Screen(72, Half with { Warnings = ["one", "two", "three", "the disk [/] is full"] });

        screen.ShouldNotContain("one");
        screen.ShouldEndWith("\nwarning: two\nwarning: three\nwarning: the disk [/] is full");
    }

    [Fact]
    public async Task In_lines_a_warning_is_told_once_and_at_once()
    {
        var error = new StringWriter { NewLine = "\n" };
        var polls = new Queue<SweepProgress>([
            Half,
            Half with
            {
                Warnings = ["the cache cannot be written"],
            },
            Half with
            {
                Warnings = ["the cache cannot be written", "votes differ"],
            },
            Half with
            {
                State = SweepState.Completed,
                Warnings = ["the cache cannot be written", "votes differ", "told with the results"],
            },
        ]);
        var terminal = new Terminal { Out = TextWriter.Null, Error = error };

        await new ProgressDisplay(terminal).FollowAsync(_ => Task.FromResult(polls.Dequeue()), default);

        error
            .ToString()
            .Split('\n')
            .Where(line => line.StartsWith("warning", StringComparison.Ordinal))
            .ShouldBe(["warning: the cache cannot be written", "warning: votes differ"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(30)]
    public void The_narrowest_terminal_is_no_defect(int width) => Screen(width).ShouldNotBeEmpty();

    private static string Screen(int width, SweepProgress? progress = null)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
            }
        );
        console.Profile.Width = width;
        console.Write(ProgressDisplay.Render(progress ?? Half, width));
        return string.Join('\n', writer.ToString().Split('\n').Select(line => line.TrimEnd())).TrimEnd('\n');
    }
}
