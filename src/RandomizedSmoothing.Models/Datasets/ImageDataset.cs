using System.Collections.Immutable;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>
/// One split of a labelled image data set: pixels of 8 bits, channels first, and a label for each image. Immutable; may be read
/// by many threads.
/// </summary>
public sealed class ImageDataset
{
    private readonly PixelBlock _pixels;
    private readonly ImmutableArray<int> _labels;
    private readonly Lazy<ContentHash> _hash;

    /// <summary>Takes pixels in memory: images × channels × height × width.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit, or a label is outside the classes.</exception>
    public ImageDataset(
        string name,
        string split,
        ImageShape shape,
        ImmutableArray<string> classNames,
        ImmutableArray<int> labels,
        byte[] pixels
    )
        : this(name, split, shape, classNames, labels, new ArrayPixels(pixels), null) { }

    internal ImageDataset(
        string name,
        string split,
        ImageShape shape,
        ImmutableArray<string> classNames,
        ImmutableArray<int> labels,
        PixelBlock pixels,
        ContentHash? hash
    )
    {
        if (labels.IsEmpty || shape.Channels < 1 || shape.Height < 1 || shape.Width < 1)
        {
            throw new ArgumentException("A data set needs an image, and an image a pixel.");
        }

        if (pixels.Length != (long)labels.Length * shape.Dimension)
        {
            throw new ArgumentException($"{labels.Length} images of {shape} do not have {pixels.Length} pixels.");
        }

        foreach (var label in labels)
        {
            if (label < 0 || label >= classNames.Length)
            {
                throw new ArgumentException($"Label {label} is outside the {classNames.Length} classes.");
            }
        }

        (Name, Split, Shape, ClassNames) = (name, split, shape, classNames);
        (_labels, _pixels) = (labels, pixels);
        _hash = hash is { } known
            ? new Lazy<ContentHash>(known)
            : new Lazy<ContentHash>(() => CanonicalImages.HashOf(this));
    }

    /// <summary>Name of the data set.</summary>
    public string Name { get; }

    /// <summary><c>train</c> or <c>test</c>.</summary>
    public string Split { get; }

    /// <summary>Shape of every image.</summary>
    public ImageShape Shape { get; }

    /// <summary>Names of the classes, by label.</summary>
    public ImmutableArray<string> ClassNames { get; }

    /// <summary>The number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>The number of classes.</summary>
    public int Classes => ClassNames.Length;

    /// <summary>The label of every image.</summary>
    public ImmutableArray<int> Labels => _labels;

    /// <summary>SHA-256 of the canonical file (<see cref="CanonicalImages"/>): number of classes, labels and pixels, no names.</summary>
    public ContentHash Hash => _hash.Value;

    /// <summary>The pixels of one image, channels first, row by row.</summary>
    public ReadOnlySpan<byte> Image(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return _pixels.Slice((long)index * Shape.Dimension, Shape.Dimension);
    }

    /// <summary>How many images there are of each class.</summary>
    public IReadOnlyList<int> ClassHistogram()
    {
        var counts = new int[Classes];
        foreach (var label in _labels)
        {
            counts[label]++;
        }

        return counts;
    }

    /// <summary>Mean and standard deviation per channel, over all images, on pixels in [0,1].</summary>
    public (IReadOnlyList<double> Mean, IReadOnlyList<double> Std) ChannelStatistics()
    {
        var plane = Shape.Height * Shape.Width;
        var sum = new long[Shape.Channels];
        var square = new long[Shape.Channels];
        for (var index = 0; index < Count; index++)
        {
            var image = Image(index);
            for (var channel = 0; channel < Shape.Channels; channel++)
            {
                var (s, q) = (0L, 0L);
                foreach (var value in image.Slice(channel * plane, plane))
                {
                    s += value;
                    q += value * value;
                }

                sum[channel] += s;
                square[channel] += q;
            }
        }

        var n = (double)Count * plane;
        var mean = sum.Select(s => s / n / 255).ToArray();
        var std = square.Select((q, c) => Math.Sqrt(Math.Max(0, q / n / (255 * 255) - mean[c] * mean[c]))).ToArray();
        return (mean, std);
    }
}
