using System.CommandLine;
using RandomizedSmoothing.Cli.Calc;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary><c>rsmooth theory versionspace</c>: the share of fitting intervals that still fits after smoothing.</summary>
internal static class VersionSpaceCommand
{
    public static Command Create(Terminal terminal)
    {
        var radius = NoiseOptions.Positive(
            "--radius",
            "Radius r of the ball model; or give --noise with --sigma or --scale"
        );
        var core = NumberOptions.Number(
            "--core",
            "Width spanned by the positive examples; default 0",
            "at least 0",
            c => c >= 0
        );
        var left = NoiseOptions.Positive(
            "--left-gap",
            "Distance to the nearest negative example on the left; default 1"
        );
        var right = NoiseOptions.Positive("--right-gap", "The same on the right; default 1");
        var noise = new NoiseOptions();
        var command = new Command(
            "versionspace",
            "Intervals that fit some examples: the share that still fits when smoothed.\nExample: rsmooth theory versionspace --radius 0.5"
        )
        {
            radius,
            core,
            left,
            right,
        };
        noise.AddTo(command);
        command.SetAction(parsed =>
        {
            var law = parsed.GetValue(radius) is { } r ? Ball(noise, parsed, r) : noise.Law(parsed);
            var space = new IntervalVersionSpace(
                parsed.GetValue(core) ?? 0,
                parsed.GetValue(left) ?? 1,
                parsed.GetValue(right) ?? 1,
                law
            );
            new CalcResult()
                .Add("core", space.Core, "width spanned by the positive examples")
                .Add("left_gap", space.LeftGap, "to the nearest negative example")
                .Add("right_gap", space.RightGap, "to the nearest negative example")
                .Add("noise", law.Family)
                .Add("scale", law.Scale, "the family's own scale")
                .Add("shortest", 2 * law.MedianAbsolute, "intervals below 2·MAD are erased")
                .Add("fraction", space.FeasibleFraction, "of the fitting intervals that fit after smoothing")
                .Write(terminal.Out, parsed.GetValue(noise.Format));
            return ExitCodes.Done;
        });
        return command;
    }

    private static UniformLaw Ball(NoiseOptions noise, ParseResult parsed, double radius) =>
        noise.Family(parsed) is "gaussian" or "ball" or "uniform"
            ? new UniformLaw(radius)
            : throw new UserErrorException(
                $"--radius is the radius of the ball model, but --noise is {noise.Family(parsed)}. Give --scale or --sigma instead."
            );
}
