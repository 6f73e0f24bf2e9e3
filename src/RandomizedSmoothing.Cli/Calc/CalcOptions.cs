using System.CommandLine;
using System.CommandLine.Parsing;
using RandomizedSmoothing.Cli.Input;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>The options that several calculations take. A value outside its range is refused while the line is parsed.</summary>
internal static class CalcOptions
{
    /// <summary><c>--alpha</c>.</summary>
    public static Option<double?> Alpha() =>
        NumberOptions.Number(
            "--alpha",
            "Failure probability, one-sided",
            "greater than 0 and less than 1",
            a => a is > 0 and < 1
        );

    /// <summary><c>--sigma</c>.</summary>
    public static Option<double?> Sigma() =>
        NumberOptions.Number(
            "--sigma",
            "Noise level: standard deviation of each coordinate, pixels in [0,1], unless the family says otherwise",
            "greater than 0",
            s => s > 0
        );

    /// <summary><c>--noise</c>, the family of the registry.</summary>
    public static Option<string> Noise()
    {
        var names = string.Join(", ", NoiseFamilies.All.Select(family => family.Name));
        var option = new Option<string>("--noise")
        {
            Description = $"Noise family, options behind the name as in pareto-a10: {names}.",
            HelpName = "FAMILY",
            DefaultValueFactory = _ => NoiseFamilies.All[0].Name,
            CustomParser = result =>
            {
                if (NoiseFamilies.Find(Token(result)) is not null)
                {
                    return Token(result);
                }

                Refuse(
                    result,
                    "--noise",
                    $"must be one of {names}, where an option stands behind the name: pareto-a10"
                );
                return null!;
            },
        };
        option.CompletionSources.Add([.. NoiseFamilies.All.Select(family => family.Name)]);
        return option;
    }

    /// <summary><c>--norm</c>.</summary>
    public static Option<string?> Norm() =>
        new Option<string?>("--norm")
        {
            Description = "Norm of the radius: l0, l1, l2, linf. Default: the family's own.",
            HelpName = "NORM",
        }.AcceptOnlyFromAmong("l0", "l1", "l2", "linf");

    /// <summary><c>--dimension</c>.</summary>
    public static Option<long?> Dimension() =>
        NumberOptions.Count("--dimension", "Number of coordinates d (784 for MNIST, 3072 for CIFAR-10)", 1);

    private static string Token(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static void Refuse(ArgumentResult result, string name, string rule) =>
        result.AddError($"{name} is '{Token(result)}': it {rule}.");
}
