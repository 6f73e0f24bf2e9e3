namespace RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

/// <summary>
/// Images of 8-bit pixels with their labels. Distances between them are exact integers in pixel steps; divided by 255 they
/// are distances between images in [0, 1].
/// </summary>
public sealed class LabelledImages
{
    /// <summary>The largest pixel value: the unit of distance.</summary>
    public const int Unit = 255;

    /// <param name="pixels">Count × dimension bytes, image after image.</param>
    /// <param name="labels">One non-negative label per image.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public LabelledImages(ReadOnlyMemory<byte> pixels, ReadOnlyMemory<int> labels)
    {
        if (labels.IsEmpty || pixels.Length == 0 || pixels.Length % labels.Length != 0)
        {
            throw new ArgumentException($"{labels.Length} labels do not divide {pixels.Length} pixels into images.");
        }

        Pixels = pixels;
        Labels = labels;
        Dimension = pixels.Length / labels.Length;
        foreach (var label in labels.Span)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(label);
            Classes = Math.Max(Classes, label + 1);
        }
    }

    public ReadOnlyMemory<byte> Pixels { get; }

    public ReadOnlyMemory<int> Labels { get; }

    /// <summary>Pixels per image, all channels.</summary>
    public int Dimension { get; }

    public int Count => Labels.Length;

    /// <summary>One more than the largest label.</summary>
    public int Classes { get; }

    public ReadOnlySpan<byte> Image(int index) => Pixels.Span.Slice(index * Dimension, Dimension);

    /// <summary>The sum of the squared pixels.</summary>
    public long SquaredNorm(int index)
    {
        var sum = 0L;
        foreach (var value in Image(index))
        {
            sum += value * value;
        }

        return sum;
    }
}
