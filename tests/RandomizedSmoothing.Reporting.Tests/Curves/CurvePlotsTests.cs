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

    [Fact]
    public void A_title_that_is_too_wide_loses_its_middle_and_keeps_what_tells_it_apart()
    {
        var model = "convolutional-network-of-the-adversarially-trained-replication-with-seed-2";
        var fitted = PanelLettering.Fit($"cifar10 · {model} · laplace", 16, 536);
        fitted.ShouldStartWith("cifar10 · convolutional");
        fitted.ShouldEndWith("seed-2 · laplace");
        fitted.ShouldContain("…");
        using var font = new SkiaSharp.SKFont(PlotFont.Typeface, 16);
        font.MeasureText(fitted).ShouldBeLessThanOrEqualTo(536);
        PanelLettering.Fit("cifar10 · resnet110", 16, 536).ShouldBe("cifar10 · resnet110");
    }

    [Fact]
    public void The_legend_goes_where_it_hides_no_curve()
    {
        CurveSeries Falling(double start, double last) =>
            new(
                "σ = 0.25",
                Enumerable.Range(0, 100).Where(i => i < 100 * start).Select(i => last * i / (100 * start)),
                100
            );
        CurveSeries High(double level) => new("σ = 0.25", Enumerable.Repeat(1.0, (int)(100 * level)), 100);
        PanelLettering.LegendPlace Place(params CurveSeries[] series) =>
            PanelLettering.PlaceOf(new CurvePanel("", series), 1.06, 14, 470, 310);
        Place(Falling(0.9, 1)).ShouldBe(PanelLettering.LegendPlace.UpperRight);
        Place(High(0.97)).ShouldBe(PanelLettering.LegendPlace.LowerLeft);
        Place(High(0.97), Falling(0.9, 0.05)).ShouldBe(PanelLettering.LegendPlace.Outside);
    }

    [Fact]
    public void A_figure_of_abstentions_alone_says_so()
    {
        CurveFigure Of(int correct) =>
            new() { Panels = [new CurvePanel("", [new CurveSeries("x", Enumerable.Repeat(0.0, correct), 9)])] };
        using var nothing = SkiaSharp.SKBitmap.Decode(CurvePlots.Png(Of(0)));
        using var something = SkiaSharp.SKBitmap.Decode(CurvePlots.Png(Of(1)));
        var ink = SkiaSharp.SKColor.Parse("#222222");
        var middle = 0;
        for (var x = 300; x < 1000; x++)
        {
            for (var y = 330; y < 400; y++)
            {
                middle += nothing.GetPixel(x, y) == ink ? 1 : 0;
                something.GetPixel(x, y).ShouldNotBe(ink);
            }
        }

        middle.ShouldBeGreaterThan(100);
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
