using RandomizedSmoothing.Reporting.Curves;
using ScottPlot;
using SkiaSharp;
using Palette = RandomizedSmoothing.Reporting.Curves.Palette;

namespace RandomizedSmoothing.Reporting.AccuracyLoss;

/// <summary>Draws figures of accuracy loss: PNG at twice the nominal size, SVG scalable; no display is needed.</summary>
public static class LossPlots
{
    private const int PanelWidth = 560;
    private const int PanelHeight = 400;
    private const int Scale = 2;

    /// <summary>The figure as PNG bytes.</summary>
    public static byte[] Png(LossFigure figure)
    {
        var info = new SKImageInfo(figure.Panels.Count * PanelWidth * Scale, PanelHeight * Scale);
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
    public static string Svg(LossFigure figure)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, figure.Panels.Count * PanelWidth, PanelHeight), stream))
        {
            Draw(figure, canvas);
        }

        stream.Position = 0;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Draw(LossFigure figure, SKCanvas canvas)
    {
        for (var at = 0; at < figure.Panels.Count; at++)
        {
            var left = at * PanelWidth;
            using var plot = Panel(figure.Panels[at]);
            canvas.Save();
            canvas.ClipRect(new SKRect(left, 0, left + PanelWidth, PanelHeight));
            plot.Render(canvas, new PixelRect(left, left + PanelWidth, PanelHeight, 0));
            canvas.Restore();
        }
    }

    private static Plot Panel(LossPanel panel)
    {
        var plot = new Plot();
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        foreach (var mark in panel.Marks)
        {
            var line = plot.Add.VerticalLine(mark, 1, Color.FromHex("#B0B0B0"), LinePattern.Dotted);
            line.ExcludeFromLegend = true;
        }

        for (var slot = 0; slot < panel.Series.Count; slot++)
        {
            Add(plot, panel.Series[slot], slot);
        }

        Style(plot, panel);
        return plot;
    }

    private static void Add(Plot plot, LossSeries series, int slot)
    {
        var colour = Color.FromHex(Palette.Colour(slot));
        var points = series
            .X.Zip(series.Y)
            .Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second))
            .Select(p => new Coordinates(p.First, p.Second))
            .ToArray();
        if (points.Length == 0)
        {
            return;
        }

        if (series.Shape == LineShape.Bars)
        {
            var width = points.Length > 1 ? points[1].X - points[0].X : 1;
            var bars = plot.Add.Bars(
                (List<Bar>)
                    [
                        .. points.Select(p => new Bar
                        {
                            Position = p.X,
                            Value = p.Y,
                            Size = width,
                            FillColor = colour.WithAlpha(0.75),
                            LineColor = Colors.White,
                            LineWidth = 0.5f,
                        }),
                    ]
            );
            bars.LegendText = PlotFont.Printable(series.Name);
            return;
        }

        var line = plot.Add.Scatter(points);
        line.Color = colour;
        line.LineWidth = 2.2f;
        line.MarkerSize = series.Shape == LineShape.Marked && points.Length <= 60 ? 6 : 0;
        line.MarkerShape = slot % 2 == 0 ? MarkerShape.FilledCircle : MarkerShape.FilledSquare;
        line.LegendText = PlotFont.Printable(series.Name);
    }

    private static void Style(Plot plot, LossPanel panel)
    {
        var ink = Color.FromHex("#222222");
        var x = panel.Series.SelectMany(s => s.X).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var y = panel.Series.SelectMany(s => s.Y).Where(double.IsFinite).DefaultIfEmpty(1).ToArray();
        var margin = Math.Max(1e-9, (x.Max() - x.Min()) * 0.02);
        var top = panel.Top ?? Math.Max(1e-9, y.Max());
        plot.Axes.SetLimits(x.Min() - margin, x.Max() + margin, Math.Min(0, y.Min()), top * 1.04);
        plot.XLabel(PlotFont.Printable(panel.XLabel), 16);
        plot.YLabel(PlotFont.Printable(panel.YLabel), 16);
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.Left.TickLabelStyle.FontSize = 14;
        plot.Axes.Color(ink);
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Axes.Right.MinimumSize = 18;
        plot.Axes.Top.MinimumSize = 8;
        plot.Axes.Left.MinimumSize = 64;
        plot.Axes.Bottom.MinorTickStyle.Length = 0;
        plot.Axes.Left.MinorTickStyle.Length = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#E8E8E8");
        plot.Grid.XAxisStyle.IsVisible = false;
        if (panel.Title.Length > 0)
        {
            plot.Title(PlotFont.Printable(panel.Title), 16);
            plot.Axes.Title.Label.Bold = false;
        }

        if (panel.Series.Any(s => s.Name.Length > 0))
        {
            var falls = panel.Series.Any(s => s.Y.Count > 1 && s.Y[0] > s.Y[^1]);
            var legend = plot.ShowLegend(falls ? Alignment.UpperRight : Alignment.LowerRight);
            legend.OutlineWidth = 0;
            legend.ShadowColor = Colors.Transparent;
            legend.BackgroundColor = Colors.White.WithAlpha(0.8);
            legend.FontSize = 14;
            legend.FontColor = ink;
        }

        plot.Font.Set(PlotFont.Name);
    }
}
