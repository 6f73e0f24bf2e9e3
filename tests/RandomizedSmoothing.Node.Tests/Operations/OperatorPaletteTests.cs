using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Operations;
using RandomizedSmoothing.Node.Operations.Answers;

namespace RandomizedSmoothing.Node.Tests.Operations;

public sealed class OperatorPaletteTests
{
    private static readonly OperatorPalette Palette = new([
        new OperatorCommand
        {
            Module = "lamp",
            Name = "light",
            Description = "Lights a lamp.",
            Changes = true,
            Arguments =
            [
                new()
                {
                    Name = "lamp",
                    Description = "which one",
                    Switches = ["-l", "--lamp"],
                    IsMandatory = true,
                },
                new()
                {
                    Name = "watts",
                    Description = "how bright",
                    Switches = ["-w", "--watts"],
                    Kind = ArgumentKind.Number,
                    Smallest = 1,
                    Largest = 100,
                    Default = "40",
                },
                new()
                {
                    Name = "blink",
                    Description = "on and off",
                    Switches = ["-b", "--blink"],
                    Kind = ArgumentKind.Flag,
                },
            ],
            Handler = LightAsync,
        },
        new OperatorCommand
        {
            Module = "lamp",
            Name = "list",
            Description = "Lists the lamps.",
            Handler = BurstAsync,
        },
    ]);

    [Fact]
    public void A_line_becomes_a_call_with_defaults()
    {
        var call = Palette.Read(["lamp", "light", "--lamp", "hall", "-b"]);

        call.Required("lamp").ShouldBe("hall");
        call.Number("watts").ShouldBe(40);
        call.Has("blink").ShouldBeTrue();
        call.WantsJson.ShouldBeFalse();
        call.ToString().ShouldBe("lamp light -l hall -b");
    }

    [Theory]
    [InlineData("", "no command")]
    [InlineData("lmap light", "did you mean 'lamp'?")]
    [InlineData("lamp", "needs a command: light, list")]
    [InlineData("lamp lihgt", "did you mean 'light'?")]
    [InlineData("lamp light", "-l (which one) is missing")]
    [InlineData("lamp light -l", "-l needs a value")]
    [InlineData("lamp light -l hall -w bright", "-w = 'bright' must be a whole number from 1 to 100")]
    [InlineData("lamp light -l hall -w 101", "-w = '101' must be a whole number from 1 to 100")]
    [InlineData("lamp light -l hall -l stairs", "--lamp is given twice")]
    [InlineData("lamp light -l hall --wats 3", "did you mean '--watts'?")]
    [InlineData("lamp light hall", "'hall' stands where a switch is expected")]
    [InlineData("lamp light -l hall -o xml", "must be one of text, json")]
    [InlineData("lamp light -l ''", "must not be empty")]
    public void A_mistake_is_answered_with_the_rule_and_a_way_out(string line, string expected)
    {
        Should.Throw<UserErrorException>(() => Palette.Read(CommandWords.Split(line))).Message.ShouldContain(expected);
    }

    [Fact]
    public void Help_shows_modules_commands_and_arguments()
    {
        PaletteHelp.Of(Palette, []).ShouldContain("  light  Lights a lamp.");
        var help = PaletteHelp.Of(Palette, ["lamp", "light"]);

        help[0].ShouldBe("lamp light -l LAMP [-w WATTS] [-b] [-o text|json]");
        help.ShouldContain("    -w, --watts   how bright (default 40)");
        help.ShouldContain("    -l, --lamp    which one (mandatory)");
    }

    [Fact]
    public void Two_commands_of_one_name_are_a_defect()
    {
        Should.Throw<ArgumentException>(() => new OperatorPalette([Palette.Commands[0], Palette.Commands[0]]));
    }

    [Fact]
    public async Task A_viewer_cannot_change_anything()
    {
        var lines = await Console().RunAsync("lamp light -l hall", mayChange: false, default).ToListAsync();

        lines.ShouldHaveSingleItem().Outcome.ShouldBe(ConsoleOutcome.Failed);
        lines[0].Text.ShouldContain("role operator");
    }

    [Fact]
    public async Task What_was_answered_before_a_failure_stays_and_the_failure_shows_no_inside()
    {
        var lines = await Console().RunAsync("lamp list", mayChange: true, default).ToListAsync();

        lines[0].ShouldBe(new ConsoleLine("one lamp"));
        lines[1].Outcome.ShouldBe(ConsoleOutcome.Failed);
        lines[1].Text.ShouldNotContain("secret");
        lines.Count.ShouldBe(2);
    }

    private static OperatorConsole Console() => new(Palette, NullLogger<OperatorConsole>.Instance);

    private static async IAsyncEnumerable<AnswerBlock> LightAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        yield return new AnswerNote($"{call.Required("lamp")} shines.");
    }

    private static async IAsyncEnumerable<AnswerBlock> BurstAsync(
        OperatorCall call,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        yield return new AnswerNote("one lamp");
        throw new InvalidOperationException("secret");
    }
}
