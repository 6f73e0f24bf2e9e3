using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Training;

/// <summary>
/// Random parts scaled to the whole, random crops after zero padding, and mirroring, in this order and as the options of a recipe
/// ask; a pure function of seed, epoch and image.
/// </summary>
internal sealed class Augmentation
{
    private const uint Purpose = 0x61756721;
    private readonly ImageShape _shape;
    private readonly ulong _seed;
    private readonly int _padding;
    private readonly bool _flip;
    private readonly ResizedCrop? _resized;
    private readonly byte[] _part = [];

    public Augmentation(TrainingTask task, ImageShape shape)
    {
        (_shape, _seed) = (shape, task.Seed);
        var options = RecipeCatalogue.EffectiveOptions(task.Recipe).ToDictionary();
        _padding = (int)options["crop"];
        _flip = options["flip"] >= 0.5;
        if (options["resizedCrop"] is > 0 and var leastArea)
        {
            (_resized, _part) = (new ResizedCrop(shape, leastArea), new byte[shape.Dimension]);
        }
    }

    /// <summary>Writes the image, changed or not, into <paramref name="target"/>.</summary>
    public void Apply(ReadOnlySpan<byte> image, int epoch, int index, Span<byte> target)
    {
        if (_resized is not null)
        {
            _resized.Apply(image, _resized.Window(epoch, index, _seed), _part);
            image = _part;
        }

        if (_padding == 0 && !_flip)
        {
            image.CopyTo(target);
            return;
        }

        var (a, b, c, _) = Philox.Block((uint)index, (uint)epoch, Purpose, 1, _seed);
        var span = 2 * _padding + 1;
        var shiftRow = (int)(a % (uint)span) - _padding;
        var shiftColumn = (int)(b % (uint)span) - _padding;
        var mirror = _flip && (c & 1) == 1;
        var (height, width) = (_shape.Height, _shape.Width);
        for (var channel = 0; channel < _shape.Channels; channel++)
        {
            for (var row = 0; row < height; row++)
            {
                var from = row + shiftRow;
                var line = target.Slice((channel * height + row) * width, width);
                if (from < 0 || from >= height)
                {
                    line.Clear();
                    continue;
                }

                var source = image.Slice((channel * height + from) * width, width);
                for (var column = 0; column < width; column++)
                {
                    var at = (mirror ? width - 1 - column : column) + shiftColumn;
                    line[column] = at >= 0 && at < width ? source[at] : (byte)0;
                }
            }
        }
    }
}
