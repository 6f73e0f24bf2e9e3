using System.Text;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>Splits a line into words at white space; quotes, single or double, hold a word together.</summary>
public static class CommandWords
{
    /// <summary>The longest line that is read.</summary>
    public const int LongestLine = 4096;

    /// <summary>The words of a line.</summary>
    /// <exception cref="UserErrorException">The line is too long, or a quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        if (line.Length > LongestLine)
        {
            throw new UserErrorException($"The command has {line.Length} characters; at most {LongestLine} are read.");
        }

        var words = new List<string>();
        var word = new StringBuilder();
        char? quote = null;
        var begun = false;
        foreach (var c in line)
        {
            if (quote is not null)
            {
                if (c == quote)
                {
                    quote = null;
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '"' or '\'')
            {
                (quote, begun) = (c, true);
            }
            else if (!char.IsWhiteSpace(c))
            {
                word.Append(c);
                begun = true;
            }
            else if (begun)
            {
                words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
        }

        if (quote is not null)
        {
            throw new UserErrorException($"The command ends inside a quotation: a closing {quote} is missing.");
        }

        if (begun)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>A line that <see cref="Split"/> splits into these words.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word) =>
        word.Length > 0 && !word.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'')
            ? word
            : $"\"{word.Replace("\"", "\"'\"'\"", StringComparison.Ordinal)}\"";
}
