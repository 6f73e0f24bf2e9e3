using System.CommandLine;
using RandomizedSmoothing.Cli.Calc;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary>The regions of <c>rsmooth theory</c>: what is left of a convex class under noise.</summary>
internal static class RegionCommands
{
    public static Command Interval(Terminal terminal)
    {
        var halfWidth = NoiseOptions.Positive("--half-width", "Half-width a of the interval, or of a slab");
        var noise = new NoiseOptions();
        var command = new Command(
            "interval",
            "The interval [-a, a], or a slab across one direction.\nExample: rsmooth theory interval --half-width 1 --noise gaussian --sigma 1.2"
        )
        {
            halfWidth,
        };
        noise.AddTo(command);
        noise.AddSweepTo(command);
        command.SetAction(parsed =>
        {
            var a = parsed.Require(halfWidth, "rsmooth theory interval");
            SlabRegion At(double sigma) => new(a, NoiseLaws.OfSigma(noise.Family(parsed), sigma));
            if (noise.IsSweep(parsed))
            {
                ShrinkSweep.Write(
                    terminal,
                    noise,
                    parsed,
                    "smoothed_half_width",
                    At(1).VanishingSigma,
                    sigma => (At(sigma).SmoothedHalfWidth ?? 0, At(sigma).OwnLoss)
                );
                return ExitCodes.Done;
            }

            var slab = new SlabRegion(a, noise.Law(parsed));
            new CalcResult()
                .Add("half_width", a, "a")
                .Add("noise", noise.Family(parsed))
                .Add("sigma", slab.Noise.StandardDeviation, "standard deviation")
                .Add("scale", slab.Noise.Scale, "the family's own scale")
                .Add("median_absolute_noise", slab.Noise.MedianAbsolute, "MAD")
                .Add("smoothed_half_width", slab.SmoothedHalfWidth ?? 0, "F(a − m) + F(a + m) = 3/2; 0 when a < MAD")
                .Add("erased", slab.Vanishes, "a < MAD")
                .Add("own_loss", slab.OwnLoss, "share of the width lost")
                .Add("vanishing_sigma", slab.VanishingSigma, "standard deviation at which MAD = a")
                .Add("vanishing_scale", slab.VanishingScale, "the same in the family's own scale")
                .Write(terminal.Out, parsed.GetValue(noise.Format));
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Ball(Terminal terminal)
    {
        var dimension = CalcOptions.Dimension();
        var radius = NoiseOptions.Positive("--radius", "Radius R of the ball");
        var noise = new NoiseOptions();
        var command = new Command(
            "ball",
            "A ball in d dimensions under Gaussian noise, or uniform noise in a ball.\nExample: rsmooth theory ball --dimension 10 --radius 1 --sigma 0.2"
        )
        {
            dimension,
            radius,
        };
        noise.AddTo(command);
        noise.AddSweepTo(command);
        command.SetAction(parsed =>
        {
            var d = Small(parsed, dimension, "ball");
            var size = parsed.Require(radius, "rsmooth theory ball");
            var kind = noise.Family(parsed) switch
            {
                "gaussian" => RadialNoise.Gaussian,
                "ball" => RadialNoise.Ball,
                var other => throw new UserErrorException(
                    $"'rsmooth theory ball' follows noise that looks the same in every direction: gaussian or ball, not {other}. For {other} noise use interval, orthant or wedge."
                ),
            };
            BallRegion At(double sigma) => new(d, size, kind, NoiseLaws.OfSigma(noise.Family(parsed), sigma, d).Scale);
            if (noise.IsSweep(parsed))
            {
                ShrinkSweep.Write(
                    terminal,
                    noise,
                    parsed,
                    "smoothed_radius",
                    At(1).VanishingSigma,
                    sigma => (At(sigma).SmoothedRadius ?? 0, At(sigma).OwnLoss)
                );
                return ExitCodes.Done;
            }

            var law = noise.Law(parsed, d);
            var ball = new BallRegion(d, size, kind, law.Scale);
            new CalcResult()
                .Add("dimension", d, "d")
                .Add("radius", size, "R")
                .Add("noise", noise.Family(parsed))
                .Add("sigma", law.StandardDeviation, "standard deviation of each coordinate")
                .Add("scale", law.Scale, "the family's own scale")
                .Add("centre_vote", ball.VoteAt(0), "P(noise stays in the ball)")
                .Add("smoothed_radius", ball.SmoothedRadius ?? 0, "where the vote is 1/2; 0 when the centre is lost")
                .Add("own_loss", ball.OwnLoss, "share of the volume lost")
                .Add("vanishing_sigma", ball.VanishingSigma, "R/√median(χ²_d) for Gaussian noise")
                .Add("vanishing_scale", ball.VanishingScale, "the same in the family's own scale")
                .Write(terminal.Out, parsed.GetValue(noise.Format));
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Orthant(Terminal terminal)
    {
        var dimension = CalcOptions.Dimension();
        var noise = new NoiseOptions();
        var command = new Command(
            "orthant",
            "The corner where d half-spaces meet.\nExample: rsmooth theory orthant --dimension 3 --sigma 0.5"
        )
        {
            dimension,
        };
        noise.AddTo(command);
        command.SetAction(parsed =>
        {
            var d = Small(parsed, dimension, "orthant");
            var orthant = new OrthantRegion(d, noise.Law(parsed));
            new CalcResult()
                .Add("dimension", d, "d")
                .Add("noise", noise.Family(parsed))
                .Add("sigma", orthant.Noise.StandardDeviation, "standard deviation of each coordinate")
                .Add("shift", orthant.CornerShift, "along every axis: F(t)^d = 1/2")
                .Add("diagonal_shift", orthant.DiagonalShift, "√d · shift")
                .Add("corner_vote", Math.Pow(0.5, d), "the vote left at the old corner")
                .Write(terminal.Out, parsed.GetValue(noise.Format));
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command Wedge(Terminal terminal)
    {
        var angle = NumberOptions.Number(
            "--half-angle",
            "Half-angle in degrees",
            "greater than 0 and at most 90",
            a => a is > 0 and <= 90
        );
        var noise = new NoiseOptions();
        var command = new Command(
            "wedge",
            "A wedge in the plane, its axis along a coordinate.\nExample: rsmooth theory wedge --half-angle 45 --sigma 1"
        )
        {
            angle,
        };
        noise.AddTo(command);
        command.SetAction(parsed =>
        {
            var law = noise.Law(parsed, 2);
            var wedge = new WedgeRegion(parsed.Require(angle, "rsmooth theory wedge"), PlanarNoise.Of(law));
            var shift = wedge.ApexShift;
            new CalcResult()
                .Add("half_angle", wedge.HalfAngleDegrees, "degrees")
                .Add("noise", noise.Family(parsed))
                .Add("sigma", law.StandardDeviation, "standard deviation of each coordinate")
                .Add("apex_vote", wedge.Vote([0, 0]), "the vote left at the old apex")
                .Add("shift", shift, "how far the apex recedes along the axis")
                .Add("shift_per_sigma", shift / law.StandardDeviation, "shift / sigma")
                .Write(terminal.Out, parsed.GetValue(noise.Format));
            return ExitCodes.Done;
        });
        return command;
    }

    private static int Small(ParseResult parsed, Option<long?> option, string command)
    {
        var value = parsed.Require(option, $"rsmooth theory {command}");
        return value <= 10_000_000
            ? (int)value
            : throw new UserErrorException($"{option.Name} is {value}: give at most 10000000 coordinates.");
    }
}
