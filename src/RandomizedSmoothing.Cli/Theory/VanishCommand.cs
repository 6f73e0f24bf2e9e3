using System.CommandLine;
using RandomizedSmoothing.Cli.Calc;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.AccuracyLoss.Geometry;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary><c>rsmooth theory vanish</c>: the noise at which a region is erased, for several dimensions at once.</summary>
internal static class VanishCommand
{
    public static Command Create(Terminal terminal)
    {
        var shape = FiniteOptions.Choice("--shape", "The region", "ball", "cube", "interval");
        var size = NoiseOptions.Positive(
            "--radius",
            "Radius of the ball, half-width of the cube or interval; default 1"
        );
        var dimensions = new Option<string>("--dimensions")
        {
            Description = "Dimensions, separated by commas.",
            HelpName = "D,D,…",
            DefaultValueFactory = _ => "1,2,3,10,784,3072",
        };
        var noise = new NoiseOptions();
        var command = new Command(
            "vanish",
            "The noise level at which a region is erased: less than half of the noise stays inside.\nExample: rsmooth theory vanish --shape ball --dimensions 1,10,3072"
        )
        {
            shape,
            size,
            dimensions,
        };
        noise.AddTo(command, level: false);
        command.SetAction(parsed =>
        {
            var radius = parsed.GetValue(size) ?? 1;
            var rows = new RowTable("shape", "noise", "dimension", "radius", "vanishing_sigma", "vanishing_scale");
            foreach (var d in Dimensions(parsed.GetValue(shape) == "interval" ? "1" : parsed.GetValue(dimensions)!))
            {
                var (sigma, scale) = Level(parsed.GetValue(shape)!, noise.Family(parsed), d, radius);
                rows.Add(parsed.GetValue(shape), noise.Family(parsed), d, radius, sigma, scale);
            }

            rows.Write(terminal.Out, parsed.GetValue(noise.Format));
            return ExitCodes.Done;
        });
        return command;
    }

    private static (double Sigma, double Scale) Level(string shape, string family, int d, double radius)
    {
        if (shape == "ball" && d > 1)
        {
            var kind = family switch
            {
                "gaussian" => RadialNoise.Gaussian,
                "ball" => RadialNoise.Ball,
                _ => throw new UserErrorException(
                    $"A ball of {d} dimensions is followed under gaussian and ball noise, not {family}. Use --shape cube, or --dimensions 1."
                ),
            };
            var ball = new BallRegion(d, radius, kind, 1);
            return (ball.VanishingSigma, ball.VanishingScale);
        }

        var box = new BoxRegion(d, radius, NoiseLaws.OfScale(family, 1, d));
        return (box.VanishingSigma, box.VanishingScale);
    }

    private static IEnumerable<int> Dimensions(string text)
    {
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!NumberOptions.TryCount(part, out var value) || value is < 1 or > 10_000_000)
            {
                throw new UserErrorException(
                    $"--dimensions holds '{part}': each is a whole number from 1 to 10000000, as in 1,10,3072."
                );
            }

            yield return (int)value;
        }
    }
}
