namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Guesses which known name was meant.</summary>
internal static class Suggestions
{
    private const int LongestName = 64;

    /// <summary><c>did you mean 'x'?</c>, or empty when no name is near.</summary>
    public static string DidYouMean(string given, IEnumerable<string> known)
    {
        var nearest = Nearest(given, known);
        return nearest is null ? "" : $"did you mean '{nearest}'?";
    }

    /// <summary>The known name that starts so or is within a third of its length in edits, case and separators ignored.</summary>
    public static string? Nearest(string given, IEnumerable<string> known)
    {
        if (given.Length is 0 or > LongestName)
        {
            return null;
        }

        var plain = Plain(given);
        string? best = null;
        var least = int.MaxValue;
        foreach (var name in known)
        {
            var candidate = Plain(name);
            var begins = plain.Length >= 3 && candidate.StartsWith(plain, StringComparison.Ordinal);
            var distance = begins ? 1 : Distance(plain, candidate);
            var allowed = Math.Max(1, Math.Max(plain.Length, candidate.Length) / 3);
            if (distance < least && distance <= allowed && distance < candidate.Length)
            {
                (best, least) = (name, distance);
            }
        }

        return best;
    }

    /// <summary>The optimal-string-alignment distance: insertions, deletions, substitutions, swaps of neighbours.</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var same = a[i - 1] == b[j - 1] ? 0 : 1;
                var least = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    least = Math.Min(least, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = least;
            }
        }

        return rows[a.Length, b.Length];
    }

    private static string Plain(string name) =>
        string.Concat(name.Where(c => c is not ('-' or '_' or ' '))).ToLowerInvariant();
}
