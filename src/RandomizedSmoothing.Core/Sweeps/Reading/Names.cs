using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>The rule for names of sweeps, data sets and models: they become parts of ids and file names.</summary>
internal static partial class Names
{
    public const int Longest = 60;

    /// <summary>The name, or null with a problem.</summary>
    public static string? Read(Section section, string key, string what)
    {
        var tree = section.Require(key, $"{what} needs a name");
        var text = tree is null ? null : Scalars.Text(tree, section.At(key), section.Problems);
        if (text is null)
        {
            return null;
        }

        if (text.Length <= Longest && Pattern().IsMatch(text) && !text.Contains("__", StringComparison.Ordinal))
        {
            return text;
        }

        var rule =
            $"must be 1 to {Longest} letters, digits, '.', '_' or '-', starting with a letter or digit, without '__'";
        var slug = SweepIds.Slug(text);
        section.Problems.Error(section.At(key), tree!, rule, slug.Length == 0 ? "" : $"for example: {slug}");
        return null;
    }

    /// <summary>Reports names that are equal but for case: they would share a file on some systems.</summary>
    public static void RequireUnique(
        IEnumerable<(string? Name, string Path, SourceMark Mark)> named,
        string what,
        ProblemList problems
    )
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, path, mark) in named)
        {
            if (name is not null && !seen.TryAdd(name, path))
            {
                var rule = $"is also the name of '{seen[name]}': each {what} needs a name of its own, in any case";
                problems.Error($"{path}.name", mark, name, rule);
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    private static partial Regex Pattern();
}
