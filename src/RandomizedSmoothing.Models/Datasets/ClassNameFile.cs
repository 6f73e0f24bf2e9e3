using System.Collections.Immutable;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// Names of classes beside the images, a line a class: <c>classes.txt</c>, or <c>synset_words.txt</c> and
/// <c>LOC_synset_mapping.txt</c> as they come with ImageNet. A line is a name; or the class's folder and then its name, of
/// which the part before the first comma is shown (<c>n01440764 tench, Tinca tinca</c>). Names of folders may contain spaces.
/// </summary>
internal sealed class ClassNameFile
{
    private const int MostClasses = 100_000;
    private const int LongestKey = 1000;
    private static readonly char[] Separators = [' ', '\t', ','];
    private static readonly string[] Names = ["classes.txt", "synset_words.txt", "LOC_synset_mapping.txt"];
    private readonly string _path;
    private readonly string[] _lines;

    private ClassNameFile(string path)
    {
        _path = path;
        _lines =
        [
            .. SourceFile
                .Lines(path, MostClasses, "class names")
                .Select(line => line.Trim())
                .Where(line => line.Length > 0),
        ];
    }

    /// <summary>The first such file in these folders, or null.</summary>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public static ClassNameFile? Find(params string[] folders) =>
        folders
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .Where(File.Exists)
            .Select(path => new ClassNameFile(path))
            .FirstOrDefault();

    /// <summary>Puts classes that are known by a key into the order of the file, and gives them its names.</summary>
    /// <param name="keys">The keys, in ordinal order.</param>
    /// <returns>Keys and names by label.</returns>
    /// <exception cref="UserErrorException">The file does not fit.</exception>
    public (string[] Keys, ImmutableArray<string> Classes) Order(string[] keys)
    {
        var whole = _lines.ToHashSet(StringComparer.Ordinal);
        if (keys.All(whole.Contains) && whole.Count == _lines.Length)
        {
            return (_lines, [.. _lines]);
        }

        var known = keys.Where(key => key.Length <= LongestKey).ToHashSet(StringComparer.Ordinal);
        var begun = _lines.Select(line => Beginning(line, known)).ToArray();
        var named = begun.OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (named.Count == 0)
        {
            return ByPlace(keys);
        }

        // Lines of classes without a folder count, too: their first word is the folder that is not there.
        var first = _lines.Zip(begun, (line, key) => key ?? line.Split(Separators, 2)[0]).ToArray();
        if (named.Count < keys.Length)
        {
            throw Unfit(
                $"has lines for some classes of the images, as '{named.First()}', but none for '{keys.First(k => !named.Contains(k))}'"
            );
        }

        return first.Distinct(StringComparer.Ordinal).Count() == first.Length
            ? (first, [.. _lines.Zip(first, Shown)])
            : throw Unfit($"has two lines for '{first.GroupBy(key => key).First(lines => lines.Count() > 1).Key}'");
    }

    // Folders 0, 1, 10, 11, … have their labels in this order, and nobody writes names so.
    private (string[] Keys, ImmutableArray<string> Classes) ByPlace(string[] keys)
    {
        if (_lines.Length != keys.Length)
        {
            throw Unfit($"has {_lines.Length} lines, and the images have {keys.Length} classes");
        }

        var numbers = keys.Select(key => ulong.TryParse(key, out var number) ? number : (ulong?)null).ToArray();
        return numbers.Contains(null) || numbers.SequenceEqual(numbers.Order())
            ? (keys, [.. _lines])
            : throw Unfit("names classes by their place only, and the images' are numbers in the order of their text");
    }

    private UserErrorException Unfit(string problem) =>
        new(
            $"'{_path}' {problem}. Give a line a class: lines that begin with the names of the class folders, or names alone in the order of "
                + "the labels."
        );

    // The longest key with which the line begins and after which it ends or goes on with a separator.
    private static string? Beginning(string line, HashSet<string> keys)
    {
        for (var length = Math.Min(line.Length, LongestKey); length > 0; length--)
        {
            if (
                (length == line.Length || Separators.Contains(line[length]))
                && keys.TryGetValue(line[..length], out var key)
            )
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>Names for the labels 0, 1, ….</summary>
    /// <param name="least">Classes that the labels show, at least.</param>
    /// <exception cref="UserErrorException">The file has fewer.</exception>
    public ImmutableArray<string> Numbered(int least) =>
        _lines.Length >= least
            ? [.. _lines]
            : throw new UserErrorException(
                $"'{_path}' has {_lines.Length} lines, but the labels go up to {least - 1}. Give a line a class, in the order of the labels."
            );

    private static string Shown(string line, string key)
    {
        var rest = line[key.Length..].Trim(' ', '\t', ',');
        return rest.Length == 0 ? key : rest.Split(',')[0].Trim();
    }
}
