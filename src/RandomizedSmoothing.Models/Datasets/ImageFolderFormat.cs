using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// Images in files (JPEG, PNG, WebP, BMP, GIF), a folder per class: <c>path/test/class/…</c> or <c>path/class/…</c>, with <c>val</c>
/// taken for test. Classes are in ordinal order of their folders' names; images in ordinal order of their paths. If all images
/// have one size of at most 128 pixels a side they are taken as they are; otherwise the shorter side is resized to 256 and the
/// central 224 × 224 cropped. Decoded once, in parallel, into a canonical file in the cache.
/// </summary>
internal sealed class ImageFolderFormat(CacheFolders cache) : IDatasetFormat
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    public string Name => "image-folder";

    public bool IsPresent(DatasetSource source) => SplitFolder(source) is not null;

    public ImageDataset Read(DatasetSource source)
    {
        var folder = SplitFolder(source) ?? throw Missing(source);
        var (classes, files) = List(source, folder);
        if (files.Length == 0)
        {
            throw Missing(source);
        }

        var prepared = Path.Combine(cache.Datasets, "prepared", $"{Fingerprint(folder, files)}.images");
        if (!File.Exists(prepared))
        {
            Prepare(prepared, files, classes.Length);
        }

        var hash = ArtifactCache.HashOf(prepared, CancellationToken.None);
        return CanonicalImages.Open(prepared, hash, source.Name, source.Split, classes);
    }

    private static string? SplitFolder(DatasetSource source)
    {
        if (!Directory.Exists(source.Path))
        {
            return null;
        }

        string[] names = source.Split == "test" ? ["test", "val", "validation"] : ["train"];
        var split = names.Select(name => Path.Combine(source.Path, name)).FirstOrDefault(Directory.Exists);
        if (split is not null)
        {
            return split;
        }

        var otherSplit = new[] { "train", "test", "val" }.Any(name =>
            Directory.Exists(Path.Combine(source.Path, name))
        );
        return otherSplit || !Directory.EnumerateDirectories(source.Path).Any() ? null : source.Path;
    }

    private static (ImmutableArray<string> Classes, (string Path, int Label)[] Files) List(
        DatasetSource source,
        string folder
    )
    {
        var folders = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).ToArray();
        var files = folders
            .SelectMany(
                (path, label) =>
                    Directory
                        .EnumerateFiles(path)
                        .Where(f => Endings.Contains(Path.GetExtension(f).ToLowerInvariant()))
                        .Order(StringComparer.Ordinal)
                        .Select(f => (f, label))
            )
            .ToArray();
        if (!source.ClassNames.IsEmpty && source.ClassNames.Length != folders.Length && files.Length > 0)
        {
            throw new UserErrorException(
                $"'{folder}' holds {folders.Length} class folders, and {source.Name} has {source.ClassNames.Length} classes. Check the "
                    + "path, or give the data set another name."
            );
        }

        return ([.. folders.Select(f => Path.GetFileName(f))], files);
    }

    private static void Prepare(string target, (string Path, int Label)[] files, int classes)
    {
        var layout = ImageDecoder.LayoutOf(files.Select(f => f.Path));
        AtomicFile.Write(
            target,
            stream =>
            {
                CanonicalImages.WriteHeader(stream, layout.Shape, classes, [.. files.Select(f => f.Label)]);
                var size = layout.Shape.Dimension;
                var chunk = Math.Clamp((32 << 20) / size, 1, 4096);
                var pixels = new byte[(long)chunk * size];
                for (var first = 0; first < files.Length; first += chunk)
                {
                    var count = Math.Min(chunk, files.Length - first);
                    Decode(files.AsMemory(first, count), layout, pixels);
                    stream.Write(pixels, 0, count * size);
                }
            }
        );
    }

    private static void Decode(Memory<(string Path, int Label)> files, ImageLayout layout, byte[] pixels)
    {
        try
        {
            var size = layout.Shape.Dimension;
            Parallel.For(
                0,
                files.Length,
                index => ImageDecoder.Decode(files.Span[index].Path, layout, pixels.AsSpan(index * size, size))
            );
        }
        catch (AggregateException e)
            when (e.Flatten().InnerExceptions.OfType<UserErrorException>().FirstOrDefault() is { } first)
        {
            throw new UserErrorException(first.Message, e);
        }
    }

    private static string Fingerprint(string folder, (string Path, int Label)[] files)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData("rsmooth-image-folder-1\n"u8);
        foreach (var (path, label) in files)
        {
            var info = new FileInfo(path);
            var line = $"{Path.GetRelativePath(folder, path)}|{label}|{info.Length}|{info.LastWriteTimeUtc.Ticks}\n";
            sha.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static UserErrorException Missing(DatasetSource source) =>
        new(
            $"The {source.Split} split of {source.Name} is not in '{source.Path}': a folder per class with images ({string.Join(", ", Endings)}) "
                + $"is expected in '{source.Split}' there, or in the folder itself. Check the data set's path."
        );
}
