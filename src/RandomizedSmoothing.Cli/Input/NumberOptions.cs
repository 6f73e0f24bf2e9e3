using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Cli.Input;

/// <summary>
/// Options and arguments that are numbers, in invariant culture; <c>100000</c> and <c>1e5</c> are the same. What is no number, or
/// outside its range, is refused while the line is parsed, with the rule.
/// </summary>
internal static class NumberOptions
{
    /// <summary>A number in an interval; <paramref name="range"/> says it in words, <paramref name="allowed"/> decides.</summary>
    public static Option<double?> Number(string name, string description, string range, Func<double, bool> allowed) =>
        new(name)
        {
            Description = $"{description}: {range}.",
            HelpName = "NUMBER",
            CustomParser = result => NumberOf(result, result.Tokens, name, range, allowed),
        };

    /// <summary>The same with a value for where it is left out.</summary>
    public static Option<double> Number(
        string name,
        string description,
        string range,
        Func<double, bool> allowed,
        double standard
    ) =>
        new(name)
        {
            Description = $"{description}: {range}.",
            HelpName = "NUMBER",
            DefaultValueFactory = _ => standard,
            CustomParser = result => NumberOf(result, result.Tokens, name, range, allowed) ?? standard,
        };

    /// <summary>Such a number any number of times; empty where left out.</summary>
    public static Option<double[]> Numbers(string name, string description, string range, Func<double, bool> allowed) =>
        new(name)
        {
            Description = $"{description}: {range}; may be repeated.",
            HelpName = "NUMBER",
            CustomParser = result =>
                [.. result.Tokens.Select(t => NumberOf(result, [t], name, range, allowed)).OfType<double>()],
        };

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static Option<long?> Count(string name, string description, long least) =>
        new(name)
        {
            Description = $"{description}: {Range(least, long.MaxValue)}.",
            HelpName = "COUNT",
            CustomParser = result => CountOf(result, result.Tokens, name, least, long.MaxValue),
        };

    /// <summary>The same with a value for where it is left out.</summary>
    public static Option<long> Count(string name, string description, long least, long standard) =>
        new(name)
        {
            Description = $"{description}: {Range(least, long.MaxValue)}.",
            HelpName = "COUNT",
            DefaultValueFactory = _ => standard,
            CustomParser = result => CountOf(result, result.Tokens, name, least, long.MaxValue) ?? standard,
        };

    /// <summary>Whole numbers within a range, any number of times; empty where left out.</summary>
    public static Option<long[]> Counts(string name, string description, long least, long most) =>
        new(name)
        {
            Description = $"{description}: {Range(least, most)}; may be repeated.",
            HelpName = "COUNT",
            CustomParser = result =>
                [.. result.Tokens.Select(t => CountOf(result, [t], name, least, most)).OfType<long>()],
        };

    /// <summary>A whole number within a range.</summary>
    public static Option<int?> Whole(string name, string description, int least, int most) =>
        new(name)
        {
            Description = $"{description}: {Range(least, most)}.",
            HelpName = "COUNT",
            CustomParser = result => (int?)CountOf(result, result.Tokens, name, least, most),
        };

    /// <summary>The same with a value for where it is left out.</summary>
    public static Option<int> Whole(string name, string description, int least, int most, int standard) =>
        new(name)
        {
            Description = $"{description}: {Range(least, most)}.",
            HelpName = "COUNT",
            DefaultValueFactory = _ => standard,
            CustomParser = result => (int?)CountOf(result, result.Tokens, name, least, most) ?? standard,
        };

    /// <summary>A whole number within a range, in its place rather than behind a name.</summary>
    public static Argument<int> WholeArgument(string name, string description, int least, int most) =>
        new(name)
        {
            Description = $"{description}: {Range(least, most)}.",
            CustomParser = result => (int?)CountOf(result, result.Tokens, name, least, most) ?? 0,
        };

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

    private static double? NumberOf(
        ArgumentResult result,
        IReadOnlyList<Token> tokens,
        string name,
        string range,
        Func<double, bool> allowed
    )
    {
        var text = tokens.Count == 1 ? tokens[0].Value : "";
        if (TryNumber(text, out var value) && allowed(value))
        {
            return value;
        }

        result.AddError($"{name} is '{text}': it must be a number {range}.");
        return null;
    }

    private static long? CountOf(ArgumentResult result, IReadOnlyList<Token> tokens, string name, long least, long most)
    {
        var text = tokens.Count == 1 ? tokens[0].Value : "";
        if (TryCount(text, out var value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError($"{name} is '{text}': it must be {Range(least, most)}.");
        return null;
    }

    private static string Range(long least, long most) =>
        most == long.MaxValue
            ? FormattableString.Invariant($"a whole number of at least {least}")
            : string.Create(CultureInfo.InvariantCulture, $"a whole number from {least:N0} to {most:N0}");
}
