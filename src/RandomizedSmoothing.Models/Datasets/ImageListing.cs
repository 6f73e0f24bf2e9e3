using System.Collections.Immutable;
using RandomizedSmoothing.Core;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>An image file and its class number.</summary>
internal readonly record struct LabelledFile(string Path, int Label);

/// <summary>
/// The image files of a split with their labels. Where the split's folder or the one above holds a <see cref="LabelFile"/>, it
/// says both; otherwise there is a folder per class, classes in ordinal order of the folders' names and images, which may lie
/// in folders within, in ordinal order of folder and name, as torchvision's ImageFolder has them; what begins with a dot and what
/// archives of macOS and folders of Windows add is left out; an image in a format that is not read and a link that leads nowhere are refused. A <see cref="ClassNameFile"/> renames classes, and orders them if it starts its lines with
/// their names.
/// </summary>
/// <param name="Classes">Names by label.</param>
/// <param name="Files">The files, in the order of their indices.</param>
internal sealed record ImageListing(ImmutableArray<string> Classes, ImmutableArray<LabelledFile> Files)
{
    private const int MostNested = 8;

    /// <summary>Endings of files that are taken for images.</summary>
    public static ImmutableArray<string> Endings { get; } = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    /// <summary>Endings of images that are not read, and must not be left out in silence.</summary>
    private static ImmutableArray<string> Unread { get; } =
    [".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".jfif", ".jpe", ".jp2", ".jxl", ".heic", ".avif", ".tga"];

    /// <summary>Lists a split.</summary>
    /// <param name="root">The data set's folder.</param>
    /// <param name="folder">The split's folder, the same or within it.</param>
    /// <exception cref="UserErrorException">
    /// A labels or class names file is wrong, or names a file that is not there; a class's folder holds other files only, or images
    /// in a format that is not read; or a link among them leads nowhere.
    /// </exception>
    public static ImageListing Read(string root, string folder)
    {
        var names = ClassNameFile.Find(folder, root);
        return LabelFile.Find(folder, root) is { } labels
            ? LabelFile.Read(labels, folder, root, names)
            : OfFolders(folder, names);
    }

    /// <summary>Whether the folder's images have labels: by a file, or by folders of classes.</summary>
    public static bool HasLabels(string root, string folder) =>
        LabelFile.Find(folder, root) is not null
        || ClassFolders(folder) is var classes
            && !IsUnsorted(classes)
            && classes.Any(name => Images(Path.Combine(folder, name)).Any());

    /// <summary>With other classes.</summary>
    /// <param name="classes">Their names by label.</param>
    /// <param name="labels">The new label of each old one.</param>
    public ImageListing With(ImmutableArray<string> classes, int[] labels) =>
        new(classes, [.. Files.Select(file => file with { Label = labels[file.Label] })]);

    /// <summary>Whether the ending is that of an image.</summary>
    public static bool IsImage(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    // A class without images is a class all the same; one whose images would be left out in silence is a mistake.
    private static void RequireEmpty(string path)
    {
        var left = Directory
            .EnumerateFileSystemEntries(path)
            .Select(p => Path.GetFileName(p))
            .FirstOrDefault(n => !IsAside(n));
        if (left is not null)
        {
            ForeignFile.Refuse(Path.Combine(path, left));
            throw new UserErrorException(
                $"The class folder '{path}' holds no image, but '{left}'. Images are the files {string.Join(", ", Endings)} in a "
                    + "class's folder or below: convert or move them, or remove the folder."
            );
        }
    }

    // Hidden files and folders, the second half of files that macOS packs beside the first, and what Windows leaves in folders of images.
    private static bool IsAside(string name) =>
        name.StartsWith('.')
        || name == "__MACOSX"
        || name.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase)
        || name.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase);

    private static string[] ClassFolders(string folder) =>
        [
            .. Directory
                .EnumerateDirectories(folder)
                .Select(path => Path.GetFileName(path))
                .Where(name => !IsAside(name))
                .Order(StringComparer.Ordinal),
        ];

    // As val/ and test/ of Tiny ImageNet: a folder for all images, whatever their classes.
    private static bool IsUnsorted(string[] folders) =>
        folders is [var only] && only.Equals("images", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Images(string folder) => FilesBelow(folder).Where(IsImage);

    private static IEnumerable<string> FilesBelow(string folder) =>
        Nested(folder, 0)
            .Order(StringComparer.Ordinal)
            .SelectMany(inner =>
                Directory
                    .EnumerateFiles(inner)
                    .Where(file => !IsAside(Path.GetFileName(file)))
                    .Order(StringComparer.Ordinal)
            );

    // Beside images there may be notes and lists. But an image that is not counted, or a class behind a link that leads nowhere, would
    // change what is measured, and the numbers of all that follow.
    private static void RequireRead(string folder, string file)
    {
        if (Unread.Contains(Path.GetExtension(file).ToLowerInvariant()))
        {
            throw new UserErrorException(
                $"The image '{file}' is in a format that is not read, and would be left out of the data set. Images in '{folder}' are the "
                    + $"files {string.Join(", ", Endings)}: convert it and others of its kind (in Python "
                    + "Image.open(p).convert(\"RGB\").save(\"name.png\")), or move them elsewhere."
            );
        }

        if (LeadsNowhere(file))
        {
            throw new UserErrorException(
                $"The link '{file}' leads nowhere, and what it stood for would be left out of the data set. Links in '{folder}' must lead "
                    + "to files or folders: mend it, or remove it."
            );
        }
    }

    private static bool LeadsNowhere(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: true) is { } target && !target.Exists;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static IEnumerable<string> Nested(string folder, int depth)
    {
        if (depth > MostNested)
        {
            throw new UserErrorException(
                $"'{folder}' lies more than {MostNested} folders deep in that of its class. Check that no link there leads back."
            );
        }

        return Directory
            .EnumerateDirectories(folder)
            .Where(inner => !IsAside(Path.GetFileName(inner)))
            .SelectMany(inner => Nested(inner, depth + 1))
            .Prepend(folder);
    }

    private static ImageListing OfFolders(string folder, ClassNameFile? names)
    {
        var folders = ClassFolders(folder);
        if (IsUnsorted(folders))
        {
            throw new UserErrorException(
                $"'{folder}' has no folder per class but only '{folders[0]}', and no file of labels. Sort the images into a folder per class, "
                    + $"or write {LabelFile.Names[0]} with lines 'path,label'."
            );
        }

        var (keys, classes) = names is null ? (folders, [.. folders]) : names.Order(folders);
        var present = folders.ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => !IsImage(f) && !IsAside(Path.GetFileName(f))))
        {
            RequireRead(folder, file);
        }

        var files = ImmutableArray.CreateBuilder<LabelledFile>();
        foreach (var label in Enumerable.Range(0, keys.Length).Where(label => present.Contains(keys[label])))
        {
            foreach (var file in FilesBelow(Path.Combine(folder, keys[label])))
            {
                if (IsImage(file))
                {
                    files.Add(new LabelledFile(file, label));
                }
                else
                {
                    RequireRead(folder, file);
                }
            }
        }

        var listing = new ImageListing(classes, files.DrainToImmutable());
        var used = listing.Files.Select(file => file.Label).ToHashSet();
        for (var label = 0; label < keys.Length; label++)
        {
            if (present.Contains(keys[label]) && !used.Contains(label))
            {
                RequireEmpty(Path.Combine(folder, keys[label]));
            }
        }

        return listing;
    }
}
