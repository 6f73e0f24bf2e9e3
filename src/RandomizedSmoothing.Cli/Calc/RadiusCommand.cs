using System.CommandLine;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Cli.Output;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary><c>rsmooth calc radius</c>: the radius that follows from a lower bound on the top class's probability.</summary>
internal static class RadiusCommand
{
    private const string Name = "rsmooth calc radius";

    public static Command Create(Terminal terminal)
    {
        var noise = CalcOptions.Noise();
        var sigma = CalcOptions.Sigma();
        var lower = NumberOptions.Number(
            "--p-lower",
            "Lower bound on the top class's probability",
            "from 0 to 1",
            p => p is >= 0 and <= 1
        );
        var norm = CalcOptions.Norm();
        var dimension = CalcOptions.Dimension();
        var format = OutputOption.Create();
        var command = new Command(
            "radius",
            "The certified radius of a noise family, rounded down.\nExample: rsmooth calc radius --noise gaussian --sigma 0.5 --p-lower 0.99"
        )
        {
            noise,
            sigma,
            lower,
            norm,
            dimension,
            format,
        };
        command.SetAction(parsed =>
        {
            var level = parsed.Require(sigma, Name);
            var distribution = NoiseFamilies.Create(parsed.GetValue(noise)!, level);
            var chosen = parsed.GetValue(norm) is { } text ? Norms.Find(text)!.Value : distribution.DefaultNorm;
            var bound = ProbabilityBound.FromLower(parsed.Require(lower, Name));
            One(distribution, chosen, bound, parsed.GetValue(dimension)).Write(terminal.Out, parsed.GetValue(format));
            return ExitCodes.Done;
        });
        return command;
    }

    private static CalcResult One(NoiseDistribution noise, Norm norm, ProbabilityBound lower, long? dimension)
    {
        var d = Dimensions.Choose(noise, norm, dimension);
        var radius = noise.Radius(lower, norm, d);
        var abstain = double.IsNaN(radius);
        var result = new CalcResult()
            .Add("noise", noise.Family)
            .Add("sigma", noise.Sigma)
            .Add("lambda", noise.Lambda(d), "the family's own scale")
            .Add("norm", Norms.NameOf(norm))
            .Add("dimension", dimension, "number of coordinates")
            .Add("p_lower", lower.Value, "lower bound on the top class's probability")
            .Add("abstain", abstain, "p_lower < ½ certifies nothing")
            .Add("radius", abstain ? null : radius, $"{noise.Formula(norm)}, rounded down");
        if (noise is GaussianNoise && norm == Norm.L2 && lower.Value is > 0.5 and < 1)
        {
            result
                .Add(
                    "radius_li",
                    noise.Sigma * ComparisonBounds.Li(lower.Value, lower.Complement),
                    "Li et al. 2019, for comparison"
                )
                .Add(
                    "radius_lecuyer",
                    noise.Sigma * ComparisonBounds.Lecuyer(lower.Value, lower.Complement),
                    "Lecuyer et al. 2019, for comparison"
                );
        }

        return result;
    }
}
