using System.Buffers.Binary;
using System.Collections.Immutable;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// The IDX format of MNIST and its relatives (yann.lecun.com/exdb/mnist): big-endian, two zero bytes, the type (8: unsigned
/// byte), the number of dimensions, their sizes, then the data. Images × rows × columns, or images × channels × rows × columns;
/// labels in a file of one dimension. Plain or gzipped.
/// </summary>
public static class IdxFiles
{
    private const int LabelMagic = 0x0801;
    private const int GreyMagic = 0x0803;
    private const int ColourMagic = 0x0804;

    /// <summary>Reads a pair of files.</summary>
    /// <param name="imagesPath">The images.</param>
    /// <param name="labelsPath">Their labels.</param>
    /// <param name="name">Name of the data set.</param>
    /// <param name="split">Its split.</param>
    /// <param name="classNames">Names by label; empty: as many numbered classes as the labels show.</param>
    /// <exception cref="Core.UserErrorException">A file is missing, damaged or another format, or the two do not fit.</exception>
    public static ImageDataset Read(
        string imagesPath,
        string labelsPath,
        string name,
        string split,
        ImmutableArray<string> classNames
    )
    {
        using var labelFile = SourceFile.Open(labelsPath);
        var labels = ReadLabels(labelFile);
        using var imageFile = SourceFile.Open(imagesPath);
        var (count, shape, pixels) = ReadImages(imageFile);
        if (count != labels.Length)
        {
            throw imageFile.Fault(
                $"it holds {count} images, but '{labelsPath}' holds {labels.Length} labels",
                "Use the two files of one split"
            );
        }

        var most = labels.Max();
        if (!classNames.IsEmpty && most >= classNames.Length)
        {
            throw labelFile.Fault(
                $"it has the label {most}, but {name} has the {classNames.Length} classes 0 to {classNames.Length - 1}",
                "Check that it is the right file"
            );
        }

        var names = classNames.IsEmpty ? DatasetNames.Numbered(Math.Max(2, most + 1)) : classNames;
        return new ImageDataset(name, split, shape, names, [.. labels.Select(l => (int)l)], pixels);
    }

    private static byte[] ReadLabels(SourceFile file)
    {
        var magic = Number(file, "its header");
        if (magic != LabelMagic)
        {
            throw WrongMagic(file, magic, "labels (0x00000801)");
        }

        var count = Size(file);
        var labels = file.Take(count, $"{count} labels");
        file.RequireEnd($"its {count} labels");
        return labels;
    }

    private static (int Count, ImageShape Shape, byte[] Pixels) ReadImages(SourceFile file)
    {
        var magic = Number(file, "its header");
        if (magic is not (GreyMagic or ColourMagic))
        {
            throw WrongMagic(file, magic, "images (0x00000803, or 0x00000804 with channels)");
        }

        var count = Size(file);
        var channels = magic == ColourMagic ? Size(file) : 1;
        var shape = new ImageShape(channels, Size(file), Size(file));
        var bytes = (Int128)count * shape.Channels * shape.Height * shape.Width;
        if (bytes > Array.MaxLength)
        {
            throw file.Fault(
                $"its header claims {count} images of {shape}, {bytes} bytes, more than the {Array.MaxLength} that can be read",
                "Check that it is the right file"
            );
        }

        var pixels = file.Take((long)bytes, $"{count} images of {shape}");
        file.RequireEnd($"its {count} images of {shape}");
        return (count, shape, pixels);
    }

    private static int Number(SourceFile file, string what) => BinaryPrimitives.ReadInt32BigEndian(file.Take(4, what));

    private static int Size(SourceFile file)
    {
        var size = Number(file, "its header");
        return size > 0
            ? size
            : throw file.Fault($"a size in its header is {size}, and must be positive", "Fetch it again");
    }

    private static Core.UserErrorException WrongMagic(SourceFile file, int magic, string expected) =>
        file.Fault(
            $"it begins with 0x{magic:x8}, and IDX {expected} are expected here",
            "Check that it is the right file, and that images and labels are not interchanged"
        );
}
