using System.Collections.Immutable;
using System.Globalization;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// The labels of a data set whose classes are known and whose images are sorted by somebody else: classes are recognised by their
/// names, whatever case and punctuation, or by their numbers, before which all may have the same word (<c>class7</c>).
/// </summary>
internal static class KnownClasses
{
    private const int MostNamed = 10;

    // What torchvision and PyTorch's tutorial call classes that have another name here.
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.Ordinal)
    {
        ["tshirttop"] = "tshirt",
        ["trousers"] = "trouser",
        ["car"] = "automobile",
        ["plane"] = "airplane",
        ["0zero"] = "0",
        ["1one"] = "1",
        ["2two"] = "2",
        ["3three"] = "3",
        ["4four"] = "4",
        ["5five"] = "5",
        ["6six"] = "6",
        ["7seven"] = "7",
        ["8eight"] = "8",
        ["9nine"] = "9",
    };

    /// <summary>The labels of classes that are called so.</summary>
    /// <param name="given">Names of class folders, or of classes in a file of labels.</param>
    /// <param name="source">A data set whose classes are known.</param>
    /// <param name="folder">Where they were found, for the message.</param>
    /// <exception cref="UserErrorException">One is no class of the data set, or two are the same.</exception>
    public static int[] LabelsOf(ImmutableArray<string> given, DatasetSource source, string folder)
    {
        var known = source.Names.Select((name, label) => (name, label)).ToDictionary(c => Plain(c.name), c => c.label);
        int? ByName(string name) =>
            known.TryGetValue(Plain(name), out var label) ? label
            : Synonyms.TryGetValue(Plain(name), out var ours) && known.TryGetValue(ours, out label) ? label
            : null;
        int? ByNumber(string name) =>
            int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var label) && label < known.Count
                ? label
                : null;

        var word = given.IsEmpty ? "" : given[0].TrimEnd("0123456789".ToCharArray());
        int? BehindWord(string name) =>
            name.StartsWith(word, StringComparison.Ordinal) ? ByNumber(name[word.Length..]) : null;

        foreach (var find in new Func<string, int?>[] { ByName, ByNumber, BehindWord })
        {
            var labels = given.Select(find).OfType<int>().ToArray();
            if (labels.Length == given.Length && labels.Distinct().Count() == labels.Length)
            {
                return labels;
            }
        }

        var odd = given.FirstOrDefault(name => ByName(name) is null && ByNumber(name) is null);
        var names = string.Join(", ", source.Names.Take(MostNamed)) + (known.Count > MostNamed ? ", …" : "");
        throw new UserErrorException(
            $"'{folder}' has {(odd is null ? "one class twice, or some by name and some by number" : $"the class '{odd}'")}, and the classes of "
                + $"{source.Name} are {names}, or the numbers 0 to {known.Count - 1}. Rename its classes, or give the data set another name and the "
                + $"format {ImageFolderFormat.Cropped}."
        );
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
