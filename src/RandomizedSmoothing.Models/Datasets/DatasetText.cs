using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// Data sets as a command line names them: <c>cifar10</c> (found by name), <c>cifar10:PATH</c> (the files of a known data set),
/// <c>folder:PATH</c>, <c>folder-as-is:PATH</c>, <c>csv:PATH</c>, <c>csv-label-first:PATH</c>, <c>csv-label-last:PATH</c>, <c>idx:PATH</c>,
/// <c>cifar:PATH</c> (files of that format, the data set named after the path).
/// </summary>
public static class DatasetText
{
    /// <summary>How such a text may look, for help and errors.</summary>
    public const string Forms = "NAME, NAME:PATH, folder:PATH, csv:PATH, idx:PATH or cifar:PATH";

    private static readonly Dictionary<string, string> Formats = new(StringComparer.Ordinal)
    {
        ["folder"] = ImageFolderFormat.Cropped,
        ["folder-as-is"] = ImageFolderFormat.AsIs,
        ["csv"] = CsvFormat.Plain,
        [CsvFormat.LabelFirst] = CsvFormat.LabelFirst,
        [CsvFormat.LabelLast] = CsvFormat.LabelLast,
        ["idx"] = "idx",
        ["cifar"] = "cifar-binary",
    };

    /// <summary>Reads such a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="split"><c>train</c> or <c>test</c>.</param>
    /// <param name="resolve">Makes a path absolute.</param>
    /// <exception cref="UserErrorException">It has none of the forms.</exception>
    public static DatasetSpec Parse(string text, string split, Func<string, string> resolve)
    {
        if (text.Split(':', 2) is not [var kind, { Length: > 0 } given])
        {
            return PublishedDataset.Find(text) is not null
                ? new DatasetSpec { Name = text, Split = split }
                : throw Unknown(text);
        }

        if (PublishedDataset.Find(kind) is { } known)
        {
            return new DatasetSpec
            {
                Name = known.Name,
                Path = resolve(given),
                Split = split,
            };
        }

        var path = resolve(given);
        return Formats.TryGetValue(kind, out var format)
            ? new DatasetSpec
            {
                Name = NameOf(path),
                Path = path,
                Format = format,
                Split = split,
            }
            : throw Unknown(text);
    }

    private static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        name = string.Concat(name.Split('.')[0].Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-'));
        return name.Trim('-') is { Length: > 0 } usable ? usable[..Math.Min(60, usable.Length)] : "images";
    }

    private static UserErrorException Unknown(string text) =>
        new(
            $"'{text}' is no data set: give {Forms}. Known names: {string.Join(", ", PublishedDataset.All.Select(d => d.Name))}."
        );
}
