namespace RandomizedSmoothing.Node.Options;

/// <summary>Finds the name that a mistyped one was meant to be.</summary>
internal static class Spelling
{
    /// <summary>The candidate of least edit distance, or null when none is within a third of the name's length.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(c => (Candidate: c, Distance: Distance(name, c)))
            .OrderBy(c => c.Distance)
            .ThenBy(c => c.Candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Candidate is not null && best.Distance * 3 <= name.Length ? best.Candidate : null;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var cost = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                cost[i, j] =
                    i == 0 || j == 0
                        ? i + j
                        : Math.Min(
                            cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1),
                            1 + Math.Min(cost[i - 1, j], cost[i, j - 1])
                        );
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[a.Length, b.Length];
    }
}
