using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using SkiaSharp;

namespace RandomizedSmoothing.Models.Datasets;

/// <summary>What the header of an image file says.</summary>
internal readonly record struct ImageSize(int Width, int Height, bool IsGrey);

/// <summary>How image files become tensors of one shape.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="AsIs">Whether every file has that size already.</param>
internal sealed record ImageLayout(ImageShape Shape, bool AsIs);

/// <summary>
/// Decodes image files to 8-bit RGB planes, or one grey plane where all are grey. Resizing weighs the source by a triangle as
/// wide as the scale (the antialiased bilinear filter of PIL and torchvision), in double precision, rounded to nearest. Pixels
/// are those of <c>Image.open(p).convert("RGB")</c> in PIL: neither the orientation that a camera noted nor a colour profile is
/// applied, transparency is dropped and not blended, of an animation there is the first image, and of 16 bits the upper eight (grey, too,
/// which PIL 9 clips to white).
/// </summary>
internal static class ImageDecoder
{
    private const int LargestAsIs = 128;
    private const int ShorterSide = 256;
    private const int Crop = 224;
    private const long MostPixels = 1 << 26;
    private const int LargePixels = 1 << 24;
    private static readonly Lock LargeImage = new();

    /// <summary>The size of an image, from its header.</summary>
    /// <exception cref="UserErrorException">It is no image.</exception>
    public static ImageSize SizeOf(string path)
    {
        using var codec = Open(path);
        return new ImageSize(codec.Info.Width, codec.Info.Height, codec.Info.ColorType == SKColorType.Gray8);
    }

    /// <summary>The layout that fits all images.</summary>
    /// <param name="sizes">Their sizes, at least one.</param>
    /// <param name="asIs">Take images of one size as they are, whatever the size.</param>
    public static ImageLayout LayoutOf(ReadOnlySpan<ImageSize> sizes, bool asIs)
    {
        var (same, grey) = (true, true);
        var (width, height) = (sizes[0].Width, sizes[0].Height);
        foreach (var size in sizes)
        {
            same &= (size.Width, size.Height) == (width, height);
            grey &= size.IsGrey;
        }

        var channels = grey ? 1 : 3;
        return same && (asIs || Math.Max(width, height) <= LargestAsIs)
            ? new ImageLayout(new ImageShape(channels, height, width), true)
            : new ImageLayout(new ImageShape(channels, Crop, Crop), false);
    }

    /// <summary>Decodes one file into planes.</summary>
    /// <exception cref="UserErrorException">It is no image, or damaged.</exception>
    public static void Decode(string path, ImageLayout layout, Span<byte> target)
    {
        using var codec = Open(path, whole: true);
        if ((long)codec.Info.Width * codec.Info.Height <= LargePixels)
        {
            Decode(path, codec, layout, target);
            return;
        }

        // One at a time: a few files that claim to be enormous must not fill the memory.
        lock (LargeImage)
        {
            Decode(path, codec, layout, target);
        }
    }

    private static void Decode(string path, SKCodec codec, ImageLayout layout, Span<byte> target)
    {
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        using var bitmap = new SKBitmap(info);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw Damaged(path, $"decoding ended with {result}");
        }

        var source = bitmap.GetPixelSpan();
        var (height, width) = (layout.Shape.Height, layout.Shape.Width);
        if (layout.AsIs)
        {
            if ((info.Width, info.Height) != (width, height))
            {
                throw Damaged(
                    path,
                    $"it has {info.Width} × {info.Height} pixels where the others have {width} × {height}"
                );
            }

            for (var channel = 0; channel < layout.Shape.Channels; channel++)
            {
                for (var i = 0; i < height * width; i++)
                {
                    target[channel * height * width + i] = source[4 * i + channel];
                }
            }

            return;
        }

        Resize(source, info.Width, info.Height, layout.Shape, target);
    }

    private static void Resize(ReadOnlySpan<byte> source, int width, int height, ImageShape shape, Span<byte> target)
    {
        var (scaledWidth, scaledHeight) = (
            width <= height ? ShorterSide : (int)(ShorterSide * (double)width / height),
            height <= width ? ShorterSide : (int)(ShorterSide * (double)height / width)
        );
        var columns = Weights(width, scaledWidth, (int)Math.Round((scaledWidth - Crop) / 2.0), Crop);
        var rows = Weights(height, scaledHeight, (int)Math.Round((scaledHeight - Crop) / 2.0), Crop);
        var (firstRow, lastRow) = (rows[0].First, rows[^1].First + rows[^1].Values.Length);
        var narrow = new double[(lastRow - firstRow) * Crop];
        for (var channel = 0; channel < shape.Channels; channel++)
        {
            for (var row = firstRow; row < lastRow; row++)
            {
                for (var column = 0; column < Crop; column++)
                {
                    var (first, values) = columns[column];
                    var sum = 0.0;
                    for (var i = 0; i < values.Length; i++)
                    {
                        sum += values[i] * source[4 * (row * width + first + i) + channel];
                    }

                    narrow[(row - firstRow) * Crop + column] = sum;
                }
            }

            for (var row = 0; row < Crop; row++)
            {
                var (first, values) = rows[row];
                for (var column = 0; column < Crop; column++)
                {
                    var sum = 0.0;
                    for (var i = 0; i < values.Length; i++)
                    {
                        sum += values[i] * narrow[(first + i - firstRow) * Crop + column];
                    }

                    target[(channel * Crop + row) * Crop + column] = (byte)Math.Clamp(Math.Round(sum), 0, 255);
                }
            }
        }
    }

    private static (int First, double[] Values)[] Weights(int from, int to, int skip, int count)
    {
        var scale = (double)from / to;
        var support = Math.Max(1, scale);
        var weights = new (int, double[])[count];
        for (var index = 0; index < count; index++)
        {
            var centre = (index + skip + 0.5) * scale;
            var first = Math.Max(0, (int)(centre - support + 0.5));
            var last = Math.Min(from, (int)(centre + support + 0.5));
            var values = new double[Math.Max(1, last - first)];
            first = Math.Min(first, from - values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Math.Max(1e-12, 1 - Math.Abs((first + i - centre + 0.5) / support));
            }

            var sum = values.Sum();
            weights[index] = (first, [.. values.Select(v => v / sum)]);
        }

        return weights;
    }

    private static SKCodec Open(string path, bool whole = false)
    {
        try
        {
            using var data = SKData.Create(path);
            if (whole && data is not null && FaultOf(data.AsSpan()) is { } fault)
            {
                throw Damaged(path, fault);
            }

            using var opaque =
                data is not null && GifHeader.Opaque(data.AsSpan()) is { } gif ? SKData.CreateCopy(gif) : null;
            var codec = data is null ? null : SKCodec.Create(opaque ?? data);
            if (codec is null)
            {
                throw Damaged(path, "it is no image in a format that can be read");
            }

            if ((long)codec.Info.Width * codec.Info.Height > MostPixels)
            {
                codec.Dispose();
                throw Damaged(path, $"it claims more than {MostPixels} pixels");
            }

            return codec;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Damaged(path, e.Message.TrimEnd('.'));
        }
    }

    // What the decoder would pass over.
    private static string? FaultOf(ReadOnlySpan<byte> file) => JpegMarkers.Fault(file) ?? GifHeader.Fault(file);

    /// <summary>The refusal of a file.</summary>
    public static UserErrorException Damaged(string path, string problem) =>
        new($"The image '{path}' cannot be used: {problem}. Replace it, or remove it from the data set.");
}
