using System.Collections.Immutable;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// The binary version of CIFAR (www.cs.toronto.edu/~kriz/cifar.html): records of a label byte (two for CIFAR-100, coarse and
/// fine; the fine one counts) and 3 × 32 × 32 pixels. One file, plain or gzipped; a folder of batches; or the published
/// archive (.tar.gz), which is read without unpacking it to the disk.
/// </summary>
internal sealed class CifarBinaryFormat : IDatasetFormat
{
    private const int Pixels = 3 * 32 * 32;
    private const long MaxImages = 600_000;
    private static readonly ImageShape Shape = new(3, 32, 32);
    private static readonly string[] Subfolders = ["", "cifar-10-batches-bin", "cifar-100-binary"];

    public string Name => "cifar-binary";

    public bool IsPresent(DatasetSource source) => Files(source).Count > 0 || Archive(source) is not null;

    public ImageDataset Read(DatasetSource source)
    {
        var batches = new Batches(source);
        if (File.Exists(source.Path) && !IsArchive(source.Path))
        {
            batches.Add(source.Path);
        }
        else if (Files(source) is { Count: > 0 } files)
        {
            files.ForEach(batches.Add);
        }
        else if (Archive(source) is { } archive)
        {
            ReadArchive(archive, source, batches);
        }
        else
        {
            throw new UserErrorException(
                $"The {source.Split} split of {source.Name} is not in '{source.Path}': {Expected(source)} expected there, plain, .gz or "
                    + (
                        IsPython(source.Path)
                            ? "in the published .tar.gz. What lies there is the Python version, of pickles: fetch the binary version."
                            : "in the published .tar.gz. Check the data set's path."
                    )
            );
        }

        return batches.ToDataset();
    }

    private static bool IsPython(string path) =>
        new[] { "", "cifar-10-batches-py", "cifar-100-python" }.Any(folder =>
            new[] { "test_batch", "data_batch_1", "meta" }.Any(name => File.Exists(Path.Combine(path, folder, name)))
        );

    private static bool IsCifar100(DatasetSource source) => source.Names.Length == 100;

    private static string Expected(DatasetSource source) =>
        (IsCifar100(source), source.Split) switch
        {
            (true, "test") => "test.bin is",
            (true, _) => "train.bin is",
            (_, "test") => "test_batch.bin is",
            _ => "data_batch_1.bin to data_batch_5.bin are",
        };

    private static bool Belongs(DatasetSource source, string file)
    {
        var name = Path.GetFileName(file);
        name = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
        return (IsCifar100(source), source.Split) switch
        {
            (true, var split) => name == split + ".bin",
            (_, "test") => name is "test_batch.bin" or "test.bin",
            _ => name is "train.bin" || (name.Length == 16 && name.StartsWith("data_batch_") && name.EndsWith(".bin")),
        };
    }

    private static List<string> Files(DatasetSource source) =>
        Directory.Exists(source.Path)
            ? Subfolders
                .Select(subfolder => Path.Combine(source.Path, subfolder))
                .Where(Directory.Exists)
                .Select(folder => Directory.EnumerateFiles(folder).Where(f => Belongs(source, f)))
                .Select(files => files.Order(StringComparer.Ordinal).DistinctBy(BatchName).ToList())
                .FirstOrDefault(files => files.Count > 0)
                ?? []
            : [];

    private static string BatchName(string path)
    {
        var name = Path.GetFileName(path);
        return name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
    }

    private static bool IsArchive(string path) =>
        path.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    private static string? Archive(DatasetSource source)
    {
        if (File.Exists(source.Path))
        {
            return IsArchive(source.Path) ? source.Path : null;
        }

        var name = IsCifar100(source) ? "cifar-100-binary.tar.gz" : "cifar-10-binary.tar.gz";
        var path = Path.Combine(source.Path, name);
        return File.Exists(path) ? path : null;
    }

    private static void ReadArchive(string archive, DatasetSource source, Batches batches)
    {
        try
        {
            using var file = File.OpenRead(archive);
            using Stream plain = archive.EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
                ? file
                : new GuardedGzip(file);
            foreach (var (name, content) in TarEntries.Read(plain))
            {
                if (name.StartsWith('/') || name.Split('/', '\\').Contains(".."))
                {
                    throw new InvalidDataException($"its entry '{Shortened(name)}' leads out of the archive");
                }

                if (Belongs(source, name))
                {
                    batches.Add($"{archive}:{name}", content);
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"'{archive}' cannot be read as an archive: {e.Message.TrimEnd('.')}. It is damaged or was cut off: fetch it again.",
                e
            );
        }

        if (batches.IsEmpty)
        {
            throw new UserErrorException(
                $"'{archive}' does not hold the {source.Split} split of {source.Name}: {Expected(source)} expected in it. Check that it "
                    + "is the binary version (cifar-10-binary.tar.gz, not cifar-10-python.tar.gz)."
            );
        }
    }

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private sealed class Batches(DatasetSource source)
    {
        private readonly SortedDictionary<string, byte[]> _records = new(StringComparer.Ordinal);
        private readonly int _labelBytes = IsCifar100(source) ? 2 : 1;

        public bool IsEmpty => _records.Count == 0;

        private int RecordLength => _labelBytes + Pixels;

        public void Add(string path)
        {
            using var file = SourceFile.Open(path);
            Add(file);
        }

        public void Add(string name, Stream data)
        {
            using var file = SourceFile.Over(name, data);
            Add(file);
        }

        public ImageDataset ToDataset()
        {
            var classes = source.Names.IsEmpty ? DatasetNames.Numbered(10) : source.Names;
            var count = _records.Values.Sum(r => r.Length) / RecordLength;
            var pixels = new byte[count * Pixels];
            var labels = ImmutableArray.CreateBuilder<int>(count);
            foreach (var records in _records.Values)
            {
                for (var start = 0; start < records.Length; start += RecordLength)
                {
                    records.AsSpan(start + _labelBytes, Pixels).CopyTo(pixels.AsSpan(labels.Count * Pixels));
                    labels.Add(records[start + _labelBytes - 1]);
                }
            }

            return new ImageDataset(source.Name, source.Split, Shape, classes, labels.MoveToImmutable(), pixels);
        }

        private void Add(SourceFile file)
        {
            var records = file.TakeRest(MaxImages * RecordLength, "a CIFAR batch");
            if (records.Length == 0 || records.Length % RecordLength != 0)
            {
                throw file.Fault(
                    $"its {records.Length} bytes are no whole number of records of {RecordLength} ({_labelBytes} of label, {Pixels} of pixels)",
                    _labelBytes == 1 && records.Length > 0 && records.Length % (2 + Pixels) == 0
                        ? "It is CIFAR-100, whose records have two labels: name it cifar100:PATH, or name: cifar100 in a sweep file"
                        : "It was cut off or is another format: fetch the binary version again"
                );
            }

            var classes = source.Names.IsEmpty ? 10 : source.Names.Length;
            for (var start = 0; start < records.Length; start += RecordLength)
            {
                var label = records[start + _labelBytes - 1];
                if (label >= classes)
                {
                    throw file.Fault(
                        $"record {start / RecordLength} has the label {label}, and {source.Name} has {classes} classes",
                        "It is damaged or another format: fetch the binary version again"
                    );
                }
            }

            _records[file.Path] = records;
        }
    }
}
