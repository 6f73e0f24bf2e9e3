using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// Images in files (JPEG, PNG, WebP, BMP, GIF) below <c>path/test</c> or <c>path</c> itself, with <c>val</c> taken for test where test
/// is missing or has no labels: a folder per class, or a file of labels (<see cref="ImageListing"/>). If all images have one size of at most 128 pixels a side they
/// are taken as they are; otherwise the shorter side is resized to 256 and the central 224 × 224 cropped. Decoded once, in
/// parallel, quantised to 8 bits, into a canonical file in the cache.
/// </summary>
/// <param name="cache">Where decoded images are kept.</param>
/// <param name="asIs">Take images of one size as they are, whatever the size.</param>
internal sealed class ImageFolderFormat(CacheFolders cache, bool asIs = false) : IDatasetFormat
{
    /// <summary>Name of the format that resizes and crops large images.</summary>
    public const string Cropped = "image-folder";

    /// <summary>Name of the format that never does.</summary>
    public const string AsIs = "image-folder-as-is";

    private const int MostNamed = 10;
    private static readonly string[] s_train = ["train", "training"];

    // The first that has labels counts.
    private static readonly string[] s_test = ["test", "testing", "val", "valid", "validation", "dev"];
    private const int Sampled = 1 << 13;

    public string Name => asIs ? AsIs : Cropped;

    public bool IsPresent(DatasetSource source) => SplitFolder(source) is not null;

    public ImageDataset Read(DatasetSource source)
    {
        var folder = SplitFolder(source) ?? throw Missing(source);
        var listing = ImageListing.Read(source.Path, folder);
        if (listing.Files.Length == 0)
        {
            throw Missing(source);
        }

        // Names that the data set is known by, or classes that have no image and of which only the number is known.
        if (!source.ClassNames.IsEmpty || (source.Classes ?? listing.Classes.Length) != listing.Classes.Length)
        {
            listing = listing.With(source.Names, KnownClasses.LabelsOf(listing.Classes, source, folder));
        }

        RequireClasses(folder, listing);
        var prepared = Path.Combine(cache.Datasets, "prepared", $"{Fingerprint(folder, listing)}.images");
        if (!File.Exists(prepared))
        {
            Prepare(prepared, listing);
        }

        var hash = ArtifactCache.HashOf(prepared, CancellationToken.None);
        return CanonicalImages.Open(prepared, hash, source.Name, source.Split, listing.Classes);
    }

    private static string? SplitFolder(DatasetSource source)
    {
        if (!Directory.Exists(source.Path))
        {
            return null;
        }

        var splits = Splits(source.Path);
        string[] names = source.Split == "test" ? s_test : s_train;
        var asked = names
            .SelectMany(name => splits.Where(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .Select(split => split.FullName)
            .ToArray();
        if (asked.Length > 0)
        {
            // ImageNet comes with test/ without labels beside val/.
            return asked.FirstOrDefault(split => ImageListing.HasLabels(source.Path, split)) ?? asked[0];
        }

        return
            splits.Length > 0
            || !(
                Directory.EnumerateDirectories(source.Path).Any()
                || LabelFile.Find(source.Path, source.Path) is not null
            )
            ? null
            : source.Path;
    }

    // The folders that are parts of the data set and no classes, though a class may be called as a part is: 'train', 'bus', 'tram'.
    private static DirectoryInfo[] Splits(string path)
    {
        var folders = new DirectoryInfo(path).GetDirectories();
        var splits = folders
            .Where(folder => Named(folder, s_train) || Named(folder, s_test))
            .OrderBy(folder => folder.Name, StringComparer.Ordinal)
            .ToArray();
        var areSplits =
            splits.Any(split => split.Name is "train" or "test" or "val" or "validation")
            || splits.Length == folders.Length
            || (splits.Any(split => Named(split, s_train)) && splits.Any(split => Named(split, s_test)));
        return areSplits ? splits : [];
    }

    private static bool Named(DirectoryInfo folder, string[] names) =>
        names.Contains(folder.Name, StringComparer.OrdinalIgnoreCase);

    private void Prepare(string target, ImageListing listing)
    {
        var files = listing.Files;
        var layout = Layout(files);
        AtomicFile.Write(
            target,
            stream =>
            {
                CanonicalImages.WriteHeader(
                    stream,
                    layout.Shape,
                    listing.Classes.Length,
                    [.. files.Select(f => f.Label)]
                );
                var size = layout.Shape.Dimension;
                var chunk = Math.Clamp((32 << 20) / size, 1, 4096);
                var pixels = new byte[(long)chunk * size];
                var damaged = new ConcurrentBag<(int, string)>();
                for (var first = 0; first < files.Length; first += chunk)
                {
                    var (from, count) = (first, Math.Min(chunk, files.Length - first));
                    Each(
                        count,
                        damaged,
                        index =>
                            ImageDecoder.Decode(files[from + index].Path, layout, pixels.AsSpan(index * size, size)),
                        from
                    );
                    stream.Write(pixels, 0, count * size);
                }

                Refuse(damaged, files.Length);
            }
        );
    }

    private ImageLayout Layout(ImmutableArray<LabelledFile> files)
    {
        var sizes = new ImageSize[files.Length];
        var damaged = new ConcurrentBag<(int, string)>();
        Each(files.Length, damaged, index => sizes[index] = ImageDecoder.SizeOf(files[index].Path), 0);
        Refuse(damaged, files.Length);
        var odd = Array.FindIndex(sizes, s => (s.Width, s.Height) != (sizes[0].Width, sizes[0].Height));
        if (asIs && odd >= 0)
        {
            throw new UserErrorException(
                $"The image '{files[odd].Path}' has {sizes[odd].Width} × {sizes[odd].Height} pixels and '{files[0].Path}' has "
                    + $"{sizes[0].Width} × {sizes[0].Height}: the format {AsIs} takes images of one size only. Use the format {Cropped}, which "
                    + "resizes and crops them."
            );
        }

        return ImageDecoder.LayoutOf(sizes, asIs);
    }

    private static void Each(int count, ConcurrentBag<(int, string)> damaged, Action<int> work, int offset) =>
        Parallel.For(
            0,
            count,
            index =>
            {
                try
                {
                    work(index);
                }
                catch (UserErrorException error)
                {
                    damaged.Add((offset + index, error.Message));
                }
            }
        );

    // All at once: a person who mends thousands of files wants to know them from one run.
    private static void Refuse(ConcurrentBag<(int Index, string Message)> damaged, int count)
    {
        if (damaged.IsEmpty)
        {
            return;
        }

        var named = damaged.OrderBy(d => d.Index).Take(MostNamed).Select(d => d.Message).ToList();
        throw new UserErrorException(
            named.Count == 1
                ? named[0]
                : $"{damaged.Count} of {count} images cannot be used. {string.Join(' ', named)}"
                    + (damaged.Count > named.Count ? $" And {damaged.Count - named.Count} more." : "")
        );
    }

    private string Fingerprint(string folder, ImageListing listing)
    {
        var files = listing.Files;
        var lines = new string[files.Length];
        var damaged = new ConcurrentBag<(int, string)>();
        Each(
            files.Length,
            damaged,
            index =>
                lines[index] =
                    $"{Path.GetRelativePath(folder, files[index].Path)}|{files[index].Label}|{Sample(files[index].Path)}\n",
            0
        );
        Refuse(damaged, files.Length);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(
            Encoding.UTF8.GetBytes($"rsmooth-{Name}-4|{Path.GetFullPath(folder)}|{listing.Classes.Length}\n")
        );
        foreach (var line in lines)
        {
            sha.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    // Length and time of uncompressed images are often equal where their pixels are not, so a part of the bytes counts, too.
    private static string Sample(string path)
    {
        try
        {
            // A pipe or a device has no length either, and opening one may wait for ever.
            if (new FileInfo(path).Length == 0)
            {
                throw ImageDecoder.Damaged(path, "it is empty");
            }

            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var bytes = new byte[Math.Min(length, 2 * Sampled)];
            var half = bytes.Length / 2;
            var read = RandomAccess.Read(file, bytes.AsSpan(0, half), 0);
            read += RandomAccess.Read(file, bytes.AsSpan(half), length - (bytes.Length - half));
            var digest = Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, read)));
            return $"{length}|{File.GetLastWriteTimeUtc(file).Ticks}|{digest}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot open '{path}': {e.Message.TrimEnd('.')}. Check the path and its permissions.",
                e
            );
        }
    }

    // Folders within that of a class are its own, so that the folder above the one that was meant looks like a single class, of
    // which every classifier is right.
    private static void RequireClasses(string folder, ImageListing listing)
    {
        if (listing.Classes is not [var only])
        {
            return;
        }

        var inner = Path.Combine(folder, only);
        var holders = listing.Files.Select(file => Path.GetDirectoryName(file.Path)!).Distinct().Take(2).ToArray();
        if (Directory.Exists(inner) && holders.Length > 1 && !holders.Contains(inner))
        {
            throw new UserErrorException(
                $"'{folder}' has the one class '{only}', and its images lie in folders of their own: if those are the classes, name "
                    + $"'{inner}'. If it is one class, put its images into one folder."
            );
        }
    }

    private static UserErrorException Missing(DatasetSource source) =>
        new(
            $"The {source.Split} split of {source.Name} is not in '{source.Path}': a folder per class with images "
                + $"({string.Join(", ", ImageListing.Endings)}), or images with a file {LabelFile.Names[0]} of lines 'path,label', is expected in "
                + $"'{source.Split}' there, or in the folder itself. Check the data set's path."
        );
}
