using System.Buffers.Binary;
using System.Xml.Linq;
using RandomizedSmoothing.Reporting.Curves;

namespace RandomizedSmoothing.Reporting.Tests.Curves;

public sealed class CurvePlotsTests
{
    [Theory]
    [InlineData(1, 1120, 800)]
    [InlineData(2, 2240, 800)]
    [InlineData(4, 2240, 1600)]
    [InlineData(5, 3360, 1600)]
    public void Panels_fill_a_grid_at_twice_the_nominal_size(int panels, int width, int height)
    {
        var png = CurvePlots.Png(Figure(panels));
        png[..8].ShouldBe([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ShouldBe(width);
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)).ShouldBe(height);
    }

    [Fact]
    public void Every_panel_is_drawn_and_none_clears_another()
    {
        using var bitmap = SkiaSharp.SKBitmap.Decode(CurvePlots.Png(Figure(4)));
        foreach (var (x, y) in new[] { (4, 4), (1130, 4), (4, 810), (1130, 810) })
        {
            bitmap.GetPixel(x, y).ShouldBe(SkiaSharp.SKColors.White);
        }

        var blue = SkiaSharp.SKColor.Parse(Palette.Colour(0));
        for (var panel = 0; panel < 4; panel++)
        {
            Count(bitmap, panel % 2 * 1120, panel / 2 * 800, blue).ShouldBeGreaterThan(500);
        }
    }

    [Fact]
    public void The_svg_is_well_formed_and_the_same_every_time()
    {
        var first = CurvePlots.Svg(Figure(2));
        XDocument.Parse(first).Root!.Name.LocalName.ShouldBe("svg");
        CurvePlots.Svg(Figure(2)).ShouldBe(first);
    }

    [Fact]
    public void A_figure_without_a_finished_image_still_draws()
    {
        var figure = new CurveFigure { Panels = [new CurvePanel("", [new CurveSeries("x", [], 0) { Planned = 5 }])] };
        CurvePlots.Png(figure).Length.ShouldBeGreaterThan(1000);
        figure.RadiusEnd(figure.Panels[0]).ShouldBe(1);
    }

    private static CurveFigure Figure(int panels) =>
        new()
        {
            Panels =
            [
                .. Enumerable
                    .Range(0, panels)
                    .Select(p => new CurvePanel(
                        $"panel {p}",
                        [
                            new CurveSeries("σ = 0.25", Enumerable.Range(0, 50).Select(i => i / 50.0), 60),
                            new CurveSeries("published", Enumerable.Range(0, 40).Select(i => i / 30.0), 60)
                            {
                                Slot = 1,
                                IsPublished = true,
                            },
                        ]
                    )),
            ],
        };

    private static int Count(SkiaSharp.SKBitmap bitmap, int left, int top, SkiaSharp.SKColor colour)
    {
        var count = 0;
        for (var x = left; x < left + 1120; x++)
        {
            for (var y = top; y < top + 800; y++)
            {
                count += bitmap.GetPixel(x, y) == colour ? 1 : 0;
            }
        }

        return count;
    }
}
