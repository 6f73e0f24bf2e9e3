using System.Collections.Immutable;
using System.Globalization;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// A file of labels beside images that are not sorted into folders: <c>labels.csv</c> or <c>labels.txt</c> with lines
/// <c>path,label</c> or <c>path label</c> (a class number from 0, or a class name; a header is allowed);
/// <c>LOC_val_solution.csv</c> of Kaggle's ImageNet; <c>val_annotations.txt</c> of Tiny ImageNet, whose images lie in <c>images</c>
/// and whose classes are in <c>wnids.txt</c>; or <c>ILSVRC2012_validation_ground_truth.txt</c> with <c>map_clsloc.txt</c>,
/// whose ids are not in the order of the class folders and are translated to it.
/// </summary>
internal static class LabelFile
{
    private const int MostImages = 100_000_000;
    private const string GroundTruth = "ILSVRC2012_validation_ground_truth.txt";
    private const string Kaggle = "LOC_val_solution.csv";
    private const string Annotations = "val_annotations.txt";
    private const string Translation = "map_clsloc.txt";

    /// <summary>Names that are looked for, in this order.</summary>
    public static ImmutableArray<string> Names { get; } =
    ["labels.csv", "labels.txt", Kaggle, GroundTruth, Annotations];

    /// <summary>
    /// The labels file of a split, or null. The folder above counts for files of validation images alone, where the split's folder
    /// holds images that are in no folder of their class.
    /// </summary>
    public static string? Find(string folder, string root) =>
        Names
            .Select(name => Path.Combine(folder, name))
            .Concat(
                MayBeValidation(folder, root) ? new[] { Kaggle, GroundTruth }.Select(n => Path.Combine(root, n)) : []
            )
            .FirstOrDefault(File.Exists);

    private static bool MayBeValidation(string folder, string root) =>
        Path.GetFileName(folder) switch
        {
            "train" => false,
            "test" when Directory.Exists(Path.Combine(root, "val")) => false,
            _ => Directory.EnumerateFiles(folder).Any(ImageListing.IsImage),
        };

    /// <summary>Reads it.</summary>
    /// <exception cref="UserErrorException">A line is wrong, or names an image that is not there.</exception>
    public static ImageListing Read(string path, string folder, string root, ClassNameFile? names)
    {
        if (Path.GetFileName(path) == GroundTruth)
        {
            return ReadGroundTruth(path, folder, root, names);
        }

        var within = Path.GetFileName(path) == Annotations ? Path.Combine(folder, "images") : folder;
        var entries = new List<Entry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in SourceFile.Lines(path, MostImages, "labels"))
        {
            number++;
            if (line.Trim().Length == 0 || (number == 1 && IsHeader(line, folder)))
            {
                continue;
            }

            if (Fields(line, Path.GetFileName(path)) is not var (name, label) || label.Length == 0)
            {
                throw Wrong(path, number, $"'{Shortened(line)}' is no 'path,label'");
            }

            if (HasMoreColumns(line))
            {
                throw Wrong(
                    path,
                    number,
                    $"'{Shortened(line)}' has more than two columns; leave the others out, and put a class name that has a comma in quotation marks"
                );
            }

            var file = Locate(within, name) ?? throw Wrong(path, number, $"there is no image '{Shortened(name)}'");
            entries.Add(
                seen.Add(file)
                    ? new Entry(file, label, number)
                    : throw Wrong(path, number, $"'{Shortened(name)}' is there twice")
            );
        }

        var wnids = Path.Combine(root, "wnids.txt");
        var classes =
            within == folder || !File.Exists(wnids)
                ? []
                : SourceFile.Lines(wnids, 100_000, "classes").Select(l => l.Trim()).Where(l => l.Length > 0);
        return Number(path, entries, classes, names);
    }

    private static ImageListing Number(
        string path,
        List<Entry> entries,
        IEnumerable<string> classes,
        ClassNameFile? names
    )
    {
        if (entries.Count > 0 && entries.All(e => ClassNumber(e.Label) is not null))
        {
            var most = entries.Max(e => ClassNumber(e.Label)!.Value);
            if (most >= 100_000)
            {
                throw new UserErrorException($"'{path}' cannot be used: the label {most} is no class number.");
            }

            return new ImageListing(
                names?.Numbered(most + 1) ?? DatasetNames.Numbered(Math.Max(2, most + 1)),
                [.. entries.Select(e => new LabelledFile(e.File, ClassNumber(e.Label)!.Value))]
            );
        }

        // In the order of text, numbers would be other classes than they say.
        var odd = entries.Find(e => ClassNumber(e.Label) is null);
        if (odd is not null && entries.All(e => IsNumber(e.Label)))
        {
            throw Wrong(path, odd.Line, $"the label '{Shortened(odd.Label)}' is a number, and no class number");
        }

        var given = entries.Select(e => e.Label).Concat(classes).Distinct().Order(StringComparer.Ordinal).ToArray();
        var (keys, shown) = names is null ? (given, [.. given]) : names.Order(given);
        var labels = keys.Select((key, label) => (key, label)).ToDictionary(p => p.key, p => p.label);
        return new ImageListing(shown, [.. entries.Select(e => new LabelledFile(e.File, labels[e.Label]))]);
    }

    private static ImageListing ReadGroundTruth(string path, string folder, string root, ClassNameFile? names)
    {
        var map = new[] { folder, root }.Select(f => Path.Combine(f, Translation)).FirstOrDefault(File.Exists);
        if (map is null)
        {
            throw new UserErrorException(
                $"'{path}' numbers the classes in an order of its own. Put '{Translation}' of the ILSVRC development kit (lines 'n02119789 1 "
                    + "kit_fox') beside it, or sort the images into a folder per class, or write labels.csv."
            );
        }

        var synsets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in SourceFile.Lines(map, 100_000, "classes"))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var synset, var id, ..])
            {
                synsets[id] = synset;
            }
        }

        var files = Directory
            .EnumerateFiles(folder)
            .Where(ImageListing.IsImage)
            .Order(StringComparer.Ordinal)
            .ToArray();
        var ids = SourceFile.Lines(path, MostImages, "labels").Select(l => l.Trim()).Where(l => l.Length > 0).ToArray();
        if (files.Length != ids.Length)
        {
            throw new UserErrorException(
                $"'{path}' has {ids.Length} labels for the {files.Length} images in '{folder}'. Both must be complete: a line is the label of the "
                    + "image at its place in the order of names."
            );
        }

        if (Array.FindIndex(ids, id => !synsets.ContainsKey(id)) is >= 0 and var odd)
        {
            throw Wrong(path, odd + 1, $"'{Shortened(ids[odd])}' is no class of '{map}'");
        }

        var given = synsets.Values.Distinct().Order(StringComparer.Ordinal).ToArray();
        var (keys, shown) = names is null ? (given, [.. given]) : names.Order(given);
        var labels = keys.Select((key, label) => (key, label)).ToDictionary(p => p.key, p => p.label);
        return new ImageListing(shown, [.. files.Zip(ids, (f, id) => new LabelledFile(f, labels[synsets[id]]))]);
    }

    // Whole numbers as they are, and as tables of floating-point numbers have them: 7.0.
    private static int? ClassNumber(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point > 0 && text.AsSpan(point + 1).IndexOfAnyExcept('0') < 0 ? text.AsSpan(0, point) : text;
        return int.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    // Only where commas part the columns: a name may have blanks.
    private static bool HasMoreColumns(string line) =>
        line.IndexOf(',', StringComparison.Ordinal) is >= 0 and var comma
        && line[(comma + 1)..].Trim() is var rest
        && !rest.StartsWith('"')
        && rest.Contains(',', StringComparison.Ordinal);

    private static bool IsHeader(string line, string folder) =>
        Fields(line, "") is var (name, label)
        && label.Trim('"').ToLowerInvariant() is "label" or "class" or "predictionstring"
        && Locate(folder, name) is null;

    private static (string Name, string Label)? Fields(string line, string file)
    {
        if (file == Annotations)
        {
            return line.Split('\t') is [var image, var synset, ..] ? (image.Trim(), synset.Trim()) : null;
        }

        var at = line.IndexOf(',') is >= 0 and var comma ? comma : line.TrimEnd().LastIndexOfAny([' ', '\t']);
        if (at <= 0)
        {
            return null;
        }

        var label = line[(at + 1)..].Trim().Trim('"');
        return (line[..at].Trim().Trim('"'), file == Kaggle ? label.Split(' ')[0] : label);
    }

    // A name never leads out of the folder, whatever the file says.
    private static string? Locate(string folder, string name)
    {
        if (name.Length == 0 || name.Contains('\0') || Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
        {
            return null;
        }

        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path
            : Path.HasExtension(name) ? null
            : new[] { ".JPEG", ".jpg", ".png" }.Select(ending => path + ending).FirstOrDefault(File.Exists);
    }

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private static UserErrorException Wrong(string path, int line, string problem) =>
        new(
            $"'{path}' cannot be used: in line {line} {problem}. Give a line an image: its path within the folder of this file, a comma, and "
                + "a class number from 0 or a class name."
        );

    private sealed record Entry(string File, string Label, int Line);
}
