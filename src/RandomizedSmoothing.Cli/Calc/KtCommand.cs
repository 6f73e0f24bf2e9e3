using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>
/// <c>rsmooth calc kt</c>: the wealth of the Krichevsky-Trofimov bettor against a target probability, and what it decides.
/// </summary>
internal static class KtCommand
{
    private const string Name = "rsmooth calc kt";

    public static Command Create(Terminal terminal)
    {
        var heads = NumberOptions.Count("--heads", "Votes for the class, h", 0);
        var draws = NumberOptions.Count("--draws", "Draws so far, t", 0);
        var target = NumberOptions.Number(
            "--target",
            "The probability that is tested, Φ(r/σ) for a Gaussian radius r",
            "greater than 0 and less than 1",
            p => p is > 0 and < 1
        );
        var alpha = CalcOptions.Alpha();
        var input = new Option<string?>("--input")
        {
            Description =
                "A CSV file with columns heads,draws,target,alpha instead: adds log_wealth,decision to every row.",
            HelpName = "FILE",
        };
        var output = new Option<string?>("--out")
        {
            Description = "With --input: the file to write.",
            HelpName = "FILE",
        };
        var format = OutputOption.Create();
        var command = new Command(
            "kt",
            "Anytime-valid test of a probability by betting: accept (it is above the target), reject (below) or undecided.\nExample: rsmooth calc kt --heads 95 --draws 100 --target 0.69 --alpha 0.001"
        )
        {
            heads,
            draws,
            target,
            alpha,
            input,
            output,
            format,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                if (parsed.GetValue(input) is { } path)
                {
                    var rows = new CsvRows(terminal.Resolve(path), "heads", "draws", "target", "alpha");
                    await CsvOutput.WriteAsync(
                        terminal,
                        parsed.GetValue(output),
                        writer =>
                            rows.WriteAsync(
                                writer,
                                "heads,draws,target,alpha,log_wealth,decision",
                                row => Line(rows, row),
                                cancellation
                            )
                    );
                    return ExitCodes.Done;
                }

                var h = parsed.Require(heads, Name);
                var t = parsed.Require(draws, Name);
                if (h > t || t >= 1L << 53)
                {
                    throw new UserErrorException(
                        $"--heads {h} of --draws {t}: heads cannot exceed draws, and draws end at 2^53. Give the counts of one experiment."
                    );
                }

                One(h, t, parsed.Require(target, Name), parsed.Require(alpha, Name))
                    .Write(terminal.Out, parsed.GetValue(format));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static CalcResult One(long heads, long draws, double target, double alpha) =>
        new CalcResult()
            .Add("heads", heads, "h")
            .Add("draws", draws, "t")
            .Add("target", target, "p")
            .Add("alpha", alpha)
            .Add(
                "log_wealth",
                BettingWealth.LogWealth(heads, draws, target),
                "ln W = ln B(h+½, t−h+½) − ln B(½, ½) − h ln p − (t−h) ln(1−p)"
            )
            .Add(
                "log_threshold",
                -Math.Log(alpha),
                "ln 1/alpha: wealth reaches it with probability alpha at most if p is true"
            )
            .Add(
                "decision",
                Decide(heads, draws, target, alpha),
                "by the side of p on which h/t lies, once W ≥ 1/alpha"
            );

    private static string Line(CsvRows rows, CsvRow row)
    {
        if (!NumberOptions.TryCount(row.Cells[1], out var draws) || draws is < 0 or >= 1L << 53)
        {
            throw rows.Refuse(row, 1, "a whole number of draws");
        }

        if (!NumberOptions.TryCount(row.Cells[0], out var heads) || heads < 0 || heads > draws)
        {
            throw rows.Refuse(row, 0, $"a whole number of heads from 0 to {draws}");
        }

        if (!NumberOptions.TryNumber(row.Cells[2], out var target) || target is not (> 0 and < 1))
        {
            throw rows.Refuse(row, 2, "a number greater than 0 and less than 1");
        }

        if (!NumberOptions.TryNumber(row.Cells[3], out var alpha) || alpha is not (> 0 and < 1))
        {
            throw rows.Refuse(row, 3, "a number greater than 0 and less than 1");
        }

        var wealth = BettingWealth.LogWealth(heads, draws, target);
        var decision = Decide(heads, draws, target, alpha);
        return FormattableString.Invariant($"{heads},{draws},{row.Cells[2]},{row.Cells[3]},{wealth:R},{decision}");
    }

    private static string Decide(long heads, long draws, double target, double alpha) =>
        new BettingConfidenceSequence(alpha).Decide(heads, draws, target) switch
        {
            BettingDecision.Above => "accept",
            BettingDecision.Below => "reject",
            _ => "undecided",
        };
}
