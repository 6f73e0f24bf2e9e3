using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Training;

/// <summary>
/// A random part of an image scaled up to the whole: area uniform between a least share and 1, log of width ÷ height uniform
/// between those of 3/4 and 4/3, ten tries and then the centre (Szegedy et al. 2015, section 6; RandomResizedCrop of torchvision,
/// with which Cohen et al. 2019 train on ImageNet). Bilinear, pixel centres at halves, rounded to 8 bits.
/// </summary>
/// <param name="shape">Shape of the images.</param>
/// <param name="leastArea">Least share of the area, in (0, 1].</param>
internal sealed class ResizedCrop(ImageShape shape, double leastArea)
{
    private const uint Purpose = 0x63726f70;
    private const int Tries = 10;
    private static readonly double LogRatio = Math.Log(4 / 3.0);

    private readonly (int Low, int High, float Part)[] _columns = new (int, int, float)[shape.Width];

    /// <summary>The part, in whole pixels; a pure function of seed, epoch and image.</summary>
    public (int Top, int Left, int Height, int Width) Window(int epoch, int index, ulong seed)
    {
        for (var attempt = 0u; attempt < Tries; attempt++)
        {
            var (a, b, c, d) = Philox.Block((uint)index, (uint)epoch, Purpose, attempt, seed);
            var area = (leastArea + (1 - leastArea) * Unit(a)) * shape.Height * shape.Width;
            var ratio = Math.Exp(LogRatio * (2 * Unit(b) - 1));
            var width = (int)Math.Round(Math.Sqrt(area * ratio));
            var height = (int)Math.Round(Math.Sqrt(area / ratio));
            if (width > 0 && width <= shape.Width && height > 0 && height <= shape.Height)
            {
                var top = (int)(Unit(c) * (shape.Height - height + 1));
                return (top, (int)(Unit(d) * (shape.Width - width + 1)), height, width);
            }
        }

        return (0, 0, shape.Height, shape.Width);
    }

    /// <summary>Writes the part of <paramref name="image"/> scaled to the whole.</summary>
    public void Apply(ReadOnlySpan<byte> image, (int Top, int Left, int Height, int Width) window, Span<byte> target)
    {
        for (var column = 0; column < shape.Width; column++)
        {
            _columns[column] = Between(column, window.Left, window.Width, shape.Width);
        }

        for (var channel = 0; channel < shape.Channels; channel++)
        {
            var plane = image.Slice(channel * shape.Height * shape.Width, shape.Height * shape.Width);
            for (var row = 0; row < shape.Height; row++)
            {
                var (low, high, part) = Between(row, window.Top, window.Height, shape.Height);
                var above = plane.Slice(low * shape.Width, shape.Width);
                var below = plane.Slice(high * shape.Width, shape.Width);
                var line = target.Slice((channel * shape.Height + row) * shape.Width, shape.Width);
                for (var column = 0; column < line.Length; column++)
                {
                    var (left, right, across) = _columns[column];
                    var first = above[left] + across * (above[right] - above[left]);
                    var second = below[left] + across * (below[right] - below[left]);
                    line[column] = (byte)(first + part * (second - first) + 0.5f);
                }
            }
        }
    }

    // The two pixels of the part between which a pixel of the whole lies, and how far it is from the first.
    private static (int Low, int High, float Part) Between(int at, int start, int length, int whole)
    {
        var place = Math.Clamp((at + 0.5) * length / whole - 0.5, 0, length - 1);
        var low = (int)place;
        return (start + low, start + Math.Min(low + 1, length - 1), (float)(place - low));
    }

    private static double Unit(uint word) => word / 4294967296.0;
}
