using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>Guesses which known word was meant.</summary>
internal static class Spellings
{
    /// <summary><c> (did you mean 'x'?)</c>, or empty when no word is near.</summary>
    public static string Guess(string given, IEnumerable<string> known)
    {
        var words = known.ToList();
        var best =
            words.FirstOrDefault(word =>
                given.Length >= 2 && word.StartsWith(given, StringComparison.OrdinalIgnoreCase)
            ) ?? Spelling.Nearest(given.ToLowerInvariant(), words);
        return best is null ? "" : $" (did you mean '{best}'?)";
    }
}
