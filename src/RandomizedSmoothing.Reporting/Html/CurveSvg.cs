using System.Globalization;
using System.Text;
using RandomizedSmoothing.Reporting.Curves;

namespace RandomizedSmoothing.Reporting.Html;

/// <summary>
/// A panel of curves as inline SVG that takes its colours from the page, so that it follows light and dark. Every curve says
/// its numbers when pointed at, and to a screen reader.
/// </summary>
public static class CurveSvg
{
    private const double Width = 640;
    private const double Height = 360;
    private const double Left = 46;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 44;

    /// <summary>The panel without its legend; the page styles <c>plot axes curve band</c> and the colours <c>s0</c> to <c>s6</c>.</summary>
    public static string Panel(CurveFigure figure, CurvePanel panel)
    {
        var end = figure.RadiusEnd(panel);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"plot\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlText.Encode(Describe(panel))}\">\n"
        );
        Axes(svg, panel, end);
        foreach (var series in panel.Series.Where(s => panel.HasBands && s.Images > 0 && !s.IsPublished))
        {
            Band(svg, series, figure.Confidence, end);
        }

        foreach (var series in panel.Series.Where(s => s.Images > 0))
        {
            Curve(svg, series, end);
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The legend as a list.</summary>
    public static string Legend(CurvePanel panel)
    {
        var list = new StringBuilder("<ul class=\"legend\">");
        foreach (var series in panel.Series)
        {
            var dash = series.IsPublished ? " dashed" : "";
            var mark = series.IsProvisional
                ? $" <span class=\"provisional\">{series.Images} of {series.Planned} images</span>"
                : "";
            list.Append(
                CultureInfo.InvariantCulture,
                $"<li><span class=\"swatch s{series.Slot % Palette.Count}{dash}\"></span>{HtmlText.Encode(series.Label)}{mark}</li>"
            );
        }

        return list.Append("</ul>\n").ToString();
    }

    private static void Axes(StringBuilder svg, CurvePanel panel, double end)
    {
        svg.Append("<g class=\"axes\">");
        for (var tick = 0; tick <= 5; tick++)
        {
            var y = Y(tick / 5.0);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text x=\"{Left - 8}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{tick * 20}%</text>"
            );
        }

        foreach (var radius in Ticks(end))
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{X(radius, end):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{HtmlText.Coordinate(radius)}</text>"
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"label\" x=\"{(Left + Width - Right) / 2:0.#}\" y=\"{Height - 6}\" text-anchor=\"middle\">{HtmlText.Encode(panel.RadiusLabel)}</text></g>\n"
        );
    }

    private static void Band(StringBuilder svg, CurveSeries series, double? confidence, double end)
    {
        if (confidence is not { } coverage)
        {
            return;
        }

        var path = StepPath.Of(series, coverage, end / 300, end);
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"band s{series.Slot % Palette.Count}\" d=\"");
        for (var at = 0; at < path.Radii.Length; at++)
        {
            Point(svg, at == 0 ? 'M' : 'L', X(path.Radii[at], end), Y(path.Upper[at]));
        }

        for (var at = path.Radii.Length - 1; at >= 0; at--)
        {
            Point(svg, 'L', X(path.Radii[at], end), Y(path.Lower[at]));
        }

        svg.Append("Z\"/>\n");
    }

    private static void Curve(StringBuilder svg, CurveSeries series, double end)
    {
        var path = StepPath.Of(series, 0.95, end / 600, end);
        var dash = series.IsPublished || Palette.Round(series.Slot) > 0 ? " dashed" : "";
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"curve s{series.Slot % Palette.Count}{dash}\" d=\"");
        for (var at = 0; at < path.Radii.Length; at++)
        {
            Point(svg, at == 0 ? 'M' : 'L', X(path.Radii[at], end), Y(path.Accuracy[at]));
        }

        svg.Append("\"><title>").Append(HtmlText.Encode(Describe(series))).Append("</title></path>\n");
    }

    private static string Describe(CurvePanel panel) =>
        "Certified accuracy against radius. " + string.Join(" ", panel.Series.Select(Describe));

    private static string Describe(CurveSeries series) =>
        $"{series.Legend}: {HtmlText.Percent(series.At(0))} at radius 0, falling to nothing beyond {HtmlText.Coordinate(series.LargestRadius)}.";

    private static IEnumerable<double> Ticks(double end)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(end / 4)));
        var step = new[] { 1, 2, 2.5, 5, 10 }.Select(m => m * power).First(s => s >= end / 7);
        for (var at = 0; at * step <= end * 0.985; at++)
        {
            yield return at * step;
        }
    }

    private static void Point(StringBuilder svg, char command, double x, double y) =>
        svg.Append(CultureInfo.InvariantCulture, $"{command}{x:0.#} {y:0.#}");

    private static double X(double radius, double end) => Left + Math.Min(radius, end) / end * (Width - Left - Right);

    private static double Y(double share) => Top + (1 - share) * (Height - Top - Bottom);
}
