using System.Globalization;
using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>An interval of allowed numbers.</summary>
internal readonly record struct Bounds(double Least, double Most, bool AboveLeast = false, bool BelowMost = false)
{
    public bool Contain(double value) =>
        (AboveLeast ? value > Least : value >= Least) && (BelowMost ? value < Most : value <= Most);

    public override string ToString()
    {
        var least = AboveLeast ? $"greater than {Least:R}" : $"at least {Least:R}";
        var most = BelowMost ? $"less than {Most:R}" : $"at most {Most:R}";
        return $"{least} and {most}";
    }
}

/// <summary>Reads single values; what does not fit becomes a problem and null.</summary>
internal static partial class Scalars
{
    private const double LargestExactInteger = 9007199254740992;

    public static double? Number(YamlTree tree, string path, Bounds bounds, ProblemList problems, string meaning = "")
    {
        var rule = Sentence($"must be a number {bounds}", meaning);
        if (tree is not YamlScalar { Plain: true } scalar || !TryNumber(scalar.Text, out var value))
        {
            problems.Error(path, tree, rule, NumberHint(tree));
            return null;
        }

        if (!double.IsFinite(value))
        {
            problems.Error(path, tree, Sentence($"must be a finite number {bounds}", meaning));
            return null;
        }

        if (!bounds.Contain(value))
        {
            problems.Error(path, tree, rule);
            return null;
        }

        return value;
    }

    public static long? Integer(
        YamlTree tree,
        string path,
        long least,
        long most,
        ProblemList problems,
        string meaning = ""
    )
    {
        var rule = Sentence(
            most >= int.MaxValue
                ? $"must be a whole number of at least {least}"
                : $"must be a whole number from {least} to {most}",
            meaning
        );
        if (tree is not YamlScalar { Plain: true } scalar || !TryInteger(scalar.Text, out var value))
        {
            problems.Error(path, tree, rule, NumberHint(tree));
            return null;
        }

        if (value < least || value > most)
        {
            problems.Error(path, tree, value > most ? $"{rule} and at most {most}" : rule);
            return null;
        }

        return (long)value;
    }

    public static ulong? Unsigned(YamlTree tree, string path, ProblemList problems)
    {
        if (
            tree is YamlScalar { Plain: true } scalar
            && TryInteger(scalar.Text, out var value)
            && value >= 0
            && value <= ulong.MaxValue
        )
        {
            return (ulong)value;
        }

        problems.Error(path, tree, $"must be a whole number from 0 to {ulong.MaxValue}", NumberHint(tree));
        return null;
    }

    public static string? Text(YamlTree tree, string path, ProblemList problems)
    {
        if (tree is not YamlScalar scalar || scalar.Text.Trim().Length == 0)
        {
            problems.Error(path, tree, $"must be a text; this is {(tree is YamlScalar ? "empty" : tree.Kind)}");
            return null;
        }

        if (scalar.Text.Any(char.IsControl))
        {
            problems.Error(path, tree, "may not contain control characters or line breaks");
            return null;
        }

        return scalar.Text.Trim();
    }

    public static string? OneOf(YamlTree tree, string path, IReadOnlyCollection<string> known, ProblemList problems)
    {
        if (tree is YamlScalar scalar && known.Contains(scalar.Text))
        {
            return scalar.Text;
        }

        var hint = tree is YamlScalar given ? Suggestions.DidYouMean(given.Text, known) : "";
        problems.Error(path, tree, $"must be {Alternatives(known)}", hint);
        return null;
    }

    /// <summary>Whether a plain scalar is a YAML 1.2 number; infinities and not-a-number count as numbers here.</summary>
    public static bool TryNumber(string text, out double value)
    {
        value = text.TrimStart('+', '-').ToLowerInvariant() switch
        {
            ".nan" => double.NaN,
            ".inf" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            _ => 0,
        };
        return value != 0
            || (
                DecimalNumber().IsMatch(text)
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            );
    }

    /// <summary>Whether a plain scalar is a whole number, also as <c>0x1F</c> or <c>1e5</c>.</summary>
    public static bool TryInteger(string text, out Int128 value)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            var parsed = ulong.TryParse(
                text.AsSpan(2),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var hex
            );
            value = hex;
            return parsed;
        }

        if (Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        if (TryNumber(text, out var number) && Math.Abs(number) <= LargestExactInteger && double.IsInteger(number))
        {
            value = (Int128)number;
            return true;
        }

        return false;
    }

    public static string Alternatives(IReadOnlyCollection<string> known) =>
        known.Count == 1 ? known.First() : $"one of {string.Join(", ", known)}";

    private static string Sentence(string rule, string meaning) => meaning.Length == 0 ? rule : $"{rule}: {meaning}";

    private static string NumberHint(YamlTree tree)
    {
        if (tree is not YamlScalar scalar)
        {
            return $"this is {tree.Kind}";
        }

        var text = scalar.Text.Trim();
        if (!scalar.Plain && TryNumber(text, out _))
        {
            return $"remove the quotes: {text}";
        }

        var joined = text.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (joined != text && TryNumber(joined, out _))
        {
            return $"write it without separators: {joined}";
        }

        if (Thousands().IsMatch(text))
        {
            return $"write it without separators: {text.Replace(",", "", StringComparison.Ordinal)}";
        }

        if (text.Contains(',', StringComparison.Ordinal) && TryNumber(text.Replace(',', '.'), out _))
        {
            return $"write a decimal point: {text.Replace(',', '.')}";
        }

        return Derived(text);
    }

    private static string Derived(string text)
    {
        if (text.EndsWith('%') && TryNumber(text[..^1].Trim(), out var percent))
        {
            return $"write the fraction: {percent / 100:R}";
        }

        var parts = text.Split('/');
        if (
            parts.Length == 2
            && TryNumber(parts[0].Trim(), out var above)
            && TryNumber(parts[1].Trim(), out var below)
            && double.IsFinite(above / below)
        )
        {
            return $"write the decimal number: {above / below:R}";
        }

        return "";
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex DecimalNumber();

    [GeneratedRegex(@"^[-+]?[0-9]{1,3}(,[0-9]{3})+$")]
    private static partial Regex Thousands();
}
