using ScottPlot;
using SkiaSharp;

namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>
/// Draws certified-accuracy curves for paper and slides: step functions, a band where the accuracy of all images of the split
/// would lie, one panel per data set and model, published curves dashed. PNG at twice the nominal size, SVG scalable; no
/// display is needed.
/// </summary>
public static class CurvePlots
{
    private const int PanelWidth = 560;
    private const int PanelHeight = 400;
    private const int Scale = 2;
    private const int TitleSize = 16;
    private const int LegendSize = 14;

    // Titles are centred above the axes, which lie right of the panel's middle.
    private const int TitleWidth = 490;

    // Of a panel, what lies between the axes.
    private const int PlotWidth = 470;
    private const int PlotHeight = 310;

    /// <summary>
    /// Whether this machine can letter the figures: minimal containers have no typeface at all, and the figures come out with
    /// curves and axes only.
    /// </summary>
    public static bool CanLetter => PlotFont.Exists;

    /// <summary>The figure as PNG bytes.</summary>
    public static byte[] Png(CurveFigure figure)
    {
        var (width, height) = Size(figure);
        var info = new SKImageInfo(width * Scale, height * Scale);
        using var surface =
            SKSurface.Create(info)
            ?? throw new InvalidOperationException($"No drawing surface of {info.Width}×{info.Height} pixels.");
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(Scale);
        Draw(figure, surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The figure as an SVG document.</summary>
    public static string Svg(CurveFigure figure)
    {
        var (width, height) = Size(figure);
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, width, height), stream))
        {
            Draw(figure, canvas);
        }

        stream.Position = 0;
        using var reader = new StreamReader(stream);
        return SvgText.Renumber(reader.ReadToEnd());
    }

    private static int Columns(CurveFigure figure) =>
        figure.Panels.Count switch
        {
            <= 3 => Math.Max(1, figure.Panels.Count),
            4 => 2,
            _ => 3,
        };

    private static (int Width, int Height) Size(CurveFigure figure)
    {
        var columns = Columns(figure);
        var rows = (figure.Panels.Count + columns - 1) / columns;
        return (columns * PanelWidth, Math.Max(1, rows) * PanelHeight);
    }

    private static void Draw(CurveFigure figure, SKCanvas canvas)
    {
        var columns = Columns(figure);
        for (var at = 0; at < figure.Panels.Count; at++)
        {
            var left = at % columns * PanelWidth;
            var top = at / columns * PanelHeight;
            using var plot = Panel(figure, figure.Panels[at]);

            // A plot clears the canvas before it draws: the clip keeps it inside its own panel.
            canvas.Save();
            canvas.ClipRect(new SKRect(left, top, left + PanelWidth, top + PanelHeight));
            plot.Render(canvas, new PixelRect(left, left + PanelWidth, top + PanelHeight, top));
            canvas.Restore();
        }
    }

    private static Plot Panel(CurveFigure figure, CurvePanel panel)
    {
        var end = figure.RadiusEnd(panel);
        var plot = new Plot();
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        foreach (var series in panel.Series.Where(s => panel.HasBands && !s.IsPublished && s.Images > 0))
        {
            AddBand(plot, series, figure.Confidence, end);
        }

        foreach (var series in panel.Series.Where(s => s.Images > 0))
        {
            AddCurve(plot, series, end);
        }

        Style(plot, figure, panel, end);
        return plot;
    }

    private static void AddBand(Plot plot, CurveSeries series, double? confidence, double end)
    {
        if (confidence is not { } coverage)
        {
            return;
        }

        var path = StepPath.Of(series, coverage, end / 2000, end);
        var band = plot.Add.FillY(path.Radii, path.Lower, path.Upper);
        band.FillColor = Color.FromHex(Palette.Colour(series.Slot)).WithAlpha(0.13);
        band.LineWidth = 0;
    }

    private static void AddCurve(Plot plot, CurveSeries series, double end)
    {
        var path = StepPath.Of(series, 0.95, end / 2000, end);
        var line = plot.Add.ScatterLine(path.Radii, path.Accuracy);
        line.Color = Color.FromHex(Palette.Colour(series.Slot));
        line.LineWidth = series.IsPublished ? 1.6f : 2.2f;
        line.LinePattern =
            series.IsPublished ? LinePattern.DenselyDashed
            : Palette.Round(series.Slot) > 0 ? LinePattern.Dotted
            : LinePattern.Solid;
        line.LegendText = PlotFont.Printable(series.Legend);
    }

    private static void Style(Plot plot, CurveFigure figure, CurvePanel panel, double end)
    {
        var ink = Color.FromHex("#222222");
        plot.Axes.SetLimits(0, end, 0, 1.02);
        plot.XLabel(PlotFont.Printable(panel.RadiusLabel), 16);
        plot.YLabel(PlotFont.Printable(figure.AccuracyLabel), 16);
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Axes.Color(ink);
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Axes.Right.MinimumSize = 18;
        plot.Axes.Top.MinimumSize = 8;
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#E8E8E8");
        plot.Grid.XAxisStyle.IsVisible = false;
        double[] ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
        plot.Axes.Left.SetTicks(ticks, ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        if (panel.Title.Length > 0)
        {
            plot.Title(PlotFont.Printable(PanelLettering.Fit(panel.Title, TitleSize, TitleWidth)), TitleSize);
            plot.Axes.Title.Label.Bold = false;
        }

        var finished = panel.Series.Where(s => s.Images > 0).ToList();
        if (finished.Count > 0 && finished.TrueForAll(s => s.CountAt(0) == 0))
        {
            var note = plot.Add.Annotation(
                "no image is classified correctly with a certificate",
                Alignment.MiddleCenter
            );
            note.LabelFontSize = LegendSize;
            note.LabelFontColor = ink;
            note.LabelBackgroundColor = Colors.White;
            note.LabelBorderWidth = 0;
            note.LabelShadowColor = Colors.Transparent;
        }

        var legend = Legend(plot, PanelLettering.PlaceOf(panel, end, LegendSize, PlotWidth, PlotHeight));
        legend.OutlineWidth = 0;
        legend.ShadowColor = Colors.Transparent;
        legend.BackgroundColor = Colors.White;
        legend.FontSize = LegendSize;
        legend.FontColor = ink;
        legend.SymbolWidth = 28;
        legend.Margin = new PixelPadding(0);
        plot.Axes.Left.MinimumSize = 64;
        plot.Font.Set(PlotFont.Name);
    }

    private static Legend Legend(Plot plot, PanelLettering.LegendPlace place)
    {
        if (place == PanelLettering.LegendPlace.Outside)
        {
            plot.ShowLegend(Edge.Right);
            return plot.Legend;
        }

        return plot.ShowLegend(
            place == PanelLettering.LegendPlace.UpperRight ? Alignment.UpperRight : Alignment.LowerLeft
        );
    }
}
