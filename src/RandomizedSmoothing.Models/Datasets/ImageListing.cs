using System.Collections.Immutable;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>An image file and its class number.</summary>
internal readonly record struct LabelledFile(string Path, int Label);

/// <summary>
/// The image files of a split with their labels. Where the split's folder or the one above holds a <see cref="LabelFile"/>, it
/// says both; otherwise there is a folder per class, classes in ordinal order of the folders' names and images in ordinal order
/// of their paths; what begins with a dot and what archives of macOS add is left out. A <see cref="ClassNameFile"/> renames classes, and orders them if it starts its lines with their names.
/// </summary>
/// <param name="Classes">Names by label.</param>
/// <param name="Files">The files, in the order of their indices.</param>
internal sealed record ImageListing(ImmutableArray<string> Classes, ImmutableArray<LabelledFile> Files)
{
    /// <summary>Endings of files that are taken for images.</summary>
    public static ImmutableArray<string> Endings { get; } = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    /// <summary>Lists a split.</summary>
    /// <param name="root">The data set's folder.</param>
    /// <param name="folder">The split's folder, the same or within it.</param>
    /// <exception cref="UserErrorException">
    /// A labels or class names file is wrong, or names a file that is not there; or a class's folder holds other files only.
    /// </exception>
    public static ImageListing Read(string root, string folder)
    {
        var names = ClassNameFile.Find(folder, root);
        return LabelFile.Find(folder, root) is { } labels
            ? LabelFile.Read(labels, folder, root, names)
            : OfFolders(folder, names);
    }

    /// <summary>Whether the ending is that of an image.</summary>
    public static bool IsImage(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    // A class without images is a class all the same; one whose images would be left out in silence is a mistake.
    private static void RequireEmpty(string path)
    {
        var left = Directory.Exists(path)
            ? Directory
                .EnumerateFileSystemEntries(path)
                .Select(p => Path.GetFileName(p))
                .FirstOrDefault(n => !IsAside(n))
            : null;
        if (left is not null)
        {
            throw new UserErrorException(
                $"The class folder '{path}' holds no image, but '{left}'. Images are the files {string.Join(", ", Endings)} directly in a "
                    + "class's folder: convert or move them, or remove the folder."
            );
        }
    }

    // Hidden files and folders, and the second half of files that macOS packs beside the first.
    private static bool IsAside(string name) => name.StartsWith('.') || name == "__MACOSX";

    private static ImageListing OfFolders(string folder, ClassNameFile? names)
    {
        var folders = Directory
            .GetDirectories(folder)
            .Select(path => Path.GetFileName(path))
            .Where(name => !IsAside(name))
            .Order(StringComparer.Ordinal)
            .ToArray();
        var (keys, classes) = names is null ? (folders, [.. folders]) : names.Order(folders);
        var files =
            from label in Enumerable.Range(0, keys.Length)
            let path = Path.Combine(folder, keys[label])
            where Directory.Exists(path)
            from file in Directory
                .EnumerateFiles(path)
                .Where(file => IsImage(file) && !IsAside(Path.GetFileName(file)))
                .Order(StringComparer.Ordinal)
            select new LabelledFile(file, label);
        var listing = new ImageListing(classes, [.. files]);
        var used = listing.Files.Select(file => file.Label).ToHashSet();
        for (var label = 0; label < keys.Length; label++)
        {
            if (!used.Contains(label))
            {
                RequireEmpty(Path.Combine(folder, keys[label]));
            }
        }

        return listing;
    }
}
