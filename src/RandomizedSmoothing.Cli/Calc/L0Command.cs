using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary><c>rsmooth calc l0</c>: the exact least probability that certifies changed coordinates under discrete noise.</summary>
internal static class L0Command
{
    private const string Name = "rsmooth calc l0";

    // The exact sums grow with the fourth power; at 100 no vote reaches the threshold any more.
    private const int MostChanged = 100;

    public static Command Create(Terminal terminal)
    {
        var alpha = NumberOptions.Number(
            "--alpha",
            "Probability that a coordinate keeps its value",
            "greater than 0 and less than 1, at most 28 decimals",
            a => a is >= 1e-9 and < 1
        );
        var classes = NumberOptions.Count(
            "--classes",
            "Other values that a coordinate may take, K (255 for 8-bit images)",
            1
        );
        var changed = NumberOptions.Count("--changed", "Changed coordinates, r", 0);
        var format = OutputOption.Create();
        var command = new Command(
            "l0",
            "The least p that certifies r changed coordinates under discrete noise (Lee et al. 2019), exactly."
        )
        {
            alpha,
            classes,
            changed,
            format,
        };
        command.SetAction(parsed =>
        {
            var keep = parsed.Require(alpha, Name);
            var others = (int)AtMost(parsed.Require(classes, Name), 65_535, "--classes");
            var r = (int)AtMost(parsed.Require(changed, Name), MostChanged, "--changed");
            var thresholds = new DiscreteThresholds((decimal)keep, others);
            var complement = thresholds.Complement(r);
            new CalcResult()
                .Add("alpha", keep, "a: a coordinate keeps its value")
                .Add("classes", others, "K: other values, each with (1 − a)/K")
                .Add("changed", r, "r")
                .Add("threshold", thresholds.Threshold(r), "least p that certifies r, rounded up")
                .Add("complement", complement, "1 − threshold, rounded down")
                .Add("digits", thresholds.Digits(r, 30), "the threshold, cut off after 30 decimals")
                .Write(terminal.Out, parsed.GetValue(format));
            return ExitCodes.Done;
        });
        return command;
    }

    private static long AtMost(long value, long most, string option) =>
        value <= most
            ? value
            : throw new UserErrorException(
                $"{option} is {value}: the exact sum is offered up to {most}, which is beyond what votes can certify. Give a smaller number."
            );
}
