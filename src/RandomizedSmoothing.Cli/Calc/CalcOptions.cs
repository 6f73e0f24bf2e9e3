using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>The options that several calculations take. A value outside its range is refused while the line is parsed.</summary>
internal static class CalcOptions
{
    /// <summary>A number in an interval; <paramref name="range"/> says it in words, <paramref name="allowed"/> decides.</summary>
    public static Option<double?> Number(string name, string description, string range, Func<double, bool> allowed) =>
        new(name)
        {
            Description = $"{description}: {range}.",
            HelpName = "NUMBER",
            CustomParser = result =>
            {
                if (TryNumber(Token(result), out var value) && allowed(value))
                {
                    return value;
                }

                Refuse(result, name, $"must be a number {range}");
                return null;
            },
        };

    /// <summary>A whole number of at least <paramref name="least"/>; <c>100000</c> and <c>1e5</c> are the same.</summary>
    public static Option<long?> Count(string name, string description, long least) =>
        new(name)
        {
            Description = $"{description}: a whole number of at least {least}.",
            HelpName = "COUNT",
            CustomParser = result =>
            {
                if (TryCount(Token(result), out var value) && value >= least)
                {
                    return value;
                }

                Refuse(result, name, $"must be a whole number of at least {least}");
                return null;
            },
        };

    /// <summary><c>--alpha</c>.</summary>
    public static Option<double?> Alpha() =>
        Number("--alpha", "Failure probability, one-sided", "greater than 0 and less than 1", a => a is > 0 and < 1);

    /// <summary><c>--sigma</c>.</summary>
    public static Option<double?> Sigma() =>
        Number(
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
        Count("--dimension", "Number of coordinates d (784 for MNIST, 3072 for CIFAR-10)", 1);

    /// <summary>Options of which one is needed and missing.</summary>
    /// <exception cref="UserErrorException">The option was not given.</exception>
    public static T Require<T>(this ParseResult parsed, Option<T?> option, string command)
        where T : struct =>
        parsed.GetValue(option)
        ?? throw new UserErrorException(
            $"'{command}' needs {option.Name}. {option.Description} '{command} --help' shows an example."
        );

    /// <summary>A finite number in invariant culture.</summary>
    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>A whole number, also as <c>1e5</c>.</summary>
    public static bool TryCount(string text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var whole = TryNumber(text, out var number) && Math.Abs(number) < 1L << 53 && double.IsInteger(number);
        value = whole ? (long)number : 0;
        return whole;
    }

    private static string Token(ArgumentResult result) => result.Tokens.Count == 1 ? result.Tokens[0].Value : "";

    private static void Refuse(ArgumentResult result, string name, string rule) =>
        result.AddError($"{name} is '{Token(result)}': it {rule}.");
}
