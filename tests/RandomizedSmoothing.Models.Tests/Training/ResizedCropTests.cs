using CsCheck;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Training;

namespace RandomizedSmoothing.Models.Tests.Training;

public sealed class ResizedCropTests
{
    private static readonly ImageShape Shape = new(2, 24, 32);

    [Fact]
    public void Windows_have_the_areas_and_ratios_that_are_asked_for_and_depend_on_image_epoch_and_seed() =>
        Gen.Select(Gen.Double[0.01, 1], Gen.Int[0, 100], Gen.Int[0, 100_000], Gen.ULong)
            .Sample(
                (least, epoch, index, seed) =>
                {
                    var crop = new ResizedCrop(Shape, least);
                    var (top, left, height, width) = crop.Window(epoch, index, seed);
                    top.ShouldBeInRange(0, Shape.Height - height);
                    left.ShouldBeInRange(0, Shape.Width - width);

                    // Sides are rounded to whole pixels.
                    var whole = (double)Shape.Height * Shape.Width;
                    ((height + 0.5) * (width + 0.5) / whole).ShouldBeGreaterThanOrEqualTo(least);
                    if (height < Shape.Height || width < Shape.Width)
                    {
                        ((width - 0.5) / (height + 0.5)).ShouldBeLessThanOrEqualTo(4 / 3.0);
                        ((width + 0.5) / (height - 0.5)).ShouldBeGreaterThanOrEqualTo(3 / 4.0);
                    }

                    crop.Window(epoch, index, seed).ShouldBe((top, left, height, width));
                }
            );

    [Fact]
    public void Areas_are_spread_over_the_whole_range_and_change_with_the_epoch()
    {
        var crop = new ResizedCrop(new ImageShape(3, 224, 224), 0.08);
        var windows = Enumerable.Range(0, 2000).Select(i => crop.Window(i % 4, i / 4, 5)).ToArray();
        var areas = windows.Select(w => w.Height * w.Width / (224.0 * 224)).ToArray();
        areas.Min().ShouldBeLessThan(0.1);
        areas.Max().ShouldBeGreaterThan(0.9);
        areas.Average().ShouldBeInRange(0.45, 0.6);
        windows.Distinct().Count().ShouldBeGreaterThan(1900);
    }

    [Fact]
    public void The_whole_image_is_left_as_it_is()
    {
        var image = Pixels((channel, row, column) => 7 * row + 3 * column + 40 * channel);
        Scaled(image, (0, 0, Shape.Height, Shape.Width)).ShouldBe(image);
    }

    [Fact]
    public void A_slope_stays_a_slope_of_the_scale()
    {
        var image = Pixels((_, row, column) => 4 * row + 2 * column);
        var scaled = Scaled(image, (6, 8, 12, 16));

        // Twice the size: a pixel at x lies at (x + ½) / 2 − ½ of the part; the outermost repeat its edge.
        var expected = Pixels(
            (_, row, column) =>
                4 * (6 + Math.Clamp((row - 0.5) / 2, 0, 11)) + 2 * (8 + Math.Clamp((column - 0.5) / 2, 0, 15))
        );
        scaled.ShouldBe(expected);
    }

    private static byte[] Scaled(byte[] image, (int, int, int, int) window)
    {
        var target = new byte[image.Length];
        new ResizedCrop(Shape, 1).Apply(image, window, target);
        return target;
    }

    private static byte[] Pixels(Func<int, int, int, double> value) =>
        [
            .. from channel in Enumerable.Range(0, Shape.Channels)
            from row in Enumerable.Range(0, Shape.Height)
            from column in Enumerable.Range(0, Shape.Width)
            select (byte)(value(channel, row, column) + 0.5),
        ];
}
