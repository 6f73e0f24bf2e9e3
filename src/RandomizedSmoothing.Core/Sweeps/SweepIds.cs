using System.Globalization;
using System.Text;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>Makes sweep ids from sweep names.</summary>
public static class SweepIds
{
    private const int Longest = 70;

    /// <summary>The id of a sweep that stands alone in its ledger: its name.</summary>
    public static SweepId For(string name)
    {
        var slug = SweepId.IsValid(name) ? name : Slug(name);
        return new SweepId(slug.Length == 0 ? "sweep" : Short(slug));
    }

    /// <summary>The first of <c>name</c>, <c>name-2</c>, <c>name-3</c>, … that is not taken, case ignored.</summary>
    public static SweepId For(string name, IEnumerable<SweepId> taken)
    {
        var used = taken.Select(id => id.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var id = For(name);
        for (var number = 2; used.Contains(id.Value); number++)
        {
            id = new SweepId($"{For(name)}-{number.ToString(CultureInfo.InvariantCulture)}");
        }

        return id;
    }

    /// <summary>The text with everything but ASCII letters, digits, <c>.</c>, <c>_</c> and <c>-</c> turned into single hyphens.</summary>
    public static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.')
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && char.IsAsciiLetterOrDigit(slug[^1]))
            {
                slug.Append(c is '_' ? '_' : '-');
            }
        }

        return Short(slug.ToString().TrimStart('.')).TrimEnd('-', '_', '.');
    }

    private static string Short(string text) => text.Length <= Longest ? text : text[..Longest];
}
