using System.Globalization;
using System.Text;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Html;

namespace RandomizedSmoothing.Reporting.AccuracyLoss.Page;

/// <summary>A panel of lines or piled bars as inline SVG that takes its colours from the page.</summary>
internal static class LossSvg
{
    private const double Width = 640;
    private const double Height = 340;
    private const double Left = 56;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 44;
    private static readonly string[] Parts = ["train", "wrong", "abstain"];

    public static string Legend(LossPanel panel)
    {
        var list = new StringBuilder("<ul class=\"legend\">");
        for (var slot = 0; slot < panel.Series.Count; slot++)
        {
            var series = panel.Series[slot];
            list.Append("<li>");
            list.Append(
                series.Shape == LineShape.Stacked
                    ? $"<span class=\"box {Parts[slot % Parts.Length]}\"></span>"
                    : $"<span class=\"swatch s{slot % Palette.Count}{(series.Shape == LineShape.Dashed ? " dashed" : "")}\"></span>"
            );
            list.Append(HtmlText.Encode(series.Name)).Append("</li>");
        }

        return list.Append("</ul>\n").ToString();
    }

    public static string Draw(LossPanel panel)
    {
        var (low, high) = StackedBars.Range(panel.Series);
        var scale = new Scale(panel, Math.Min(0, low), Math.Max(panel.Top ?? high, 1e-9));
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"plot\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlText.Encode(Describe(panel))}\">\n"
        );
        Axes(svg, panel, scale);
        Bars(svg, panel, scale);
        for (var slot = 0; slot < panel.Series.Count; slot++)
        {
            if (panel.Series[slot].Shape != LineShape.Stacked)
            {
                Line(svg, panel.Series[slot], slot, scale);
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Axes(StringBuilder svg, LossPanel panel, Scale scale)
    {
        var isShare = panel.Top == 1;
        svg.Append("<g class=\"axes\">");
        foreach (var tick in Ticks(scale.Low, scale.High))
        {
            var label = isShare
                ? $"{100 * tick:0}%"
                : tick.ToString("0.##", CultureInfo.InvariantCulture).Replace('-', '−');
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<line{(Math.Abs(tick) < 1e-12 ? " class=\"zero\"" : "")} x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{scale.Y(tick):0.#}\" y2=\"{scale.Y(tick):0.#}\"/><text x=\"{Left - 8}\" y=\"{scale.Y(tick) + 4:0.#}\" text-anchor=\"end\">{label}</text>"
            );
        }

        foreach (var (x, label) in Places(panel, scale))
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{scale.X(x):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{HtmlText.Encode(label)}</text>"
            );
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"label\" x=\"{(Left + Width - Right) / 2:0.#}\" y=\"{Height - 6}\" text-anchor=\"middle\">{HtmlText.Encode(panel.XLabel)}</text></g>\n"
        );
    }

    private static void Bars(StringBuilder svg, LossPanel panel, Scale scale)
    {
        var stacked = panel.Series.Where(s => s.Shape == LineShape.Stacked).ToList();
        if (stacked.Count == 0)
        {
            return;
        }

        var width = Math.Min(90, (Width - Left - Right) / stacked[0].X.Count * 0.62);
        svg.Append("<g class=\"parts\">");
        for (var at = 0; at < stacked[0].X.Count; at++)
        {
            var pile = StackedBars.Pile(stacked.Select(s => s.Y[at]));
            for (var part = 0; part < stacked.Count; part++)
            {
                var (from, to) = (Math.Min(pile[part].From, pile[part].To), Math.Max(pile[part].From, pile[part].To));
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect class=\"part{part}\" x=\"{scale.X(stacked[0].X[at]) - (width / 2):0.#}\" y=\"{scale.Y(to):0.#}\" width=\"{width:0.#}\" height=\"{scale.Y(from) - scale.Y(to):0.#}\"><title>{HtmlText.Encode(stacked[part].Name)}: {stacked[part].Y[at]:0.0}</title></rect>"
                );
            }
        }

        svg.Append("</g>\n");
    }

    private static void Line(StringBuilder svg, LossSeries series, int slot, Scale scale)
    {
        var points = series
            .X.Zip(series.Y)
            .Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second))
            .Select(p => (X: scale.X(p.First), Y: scale.Y(p.Second), Value: p.Second))
            .ToList();
        var dash = series.Shape == LineShape.Dashed ? " dashed" : "";
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"curve s{slot % Palette.Count}{dash}\" d=\"");
        for (var at = 0; at < points.Count; at++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"{(at == 0 ? 'M' : 'L')}{points[at].X:0.#} {points[at].Y:0.#}");
        }

        svg.Append("\"/>");
        foreach (var (x, y, value) in points)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<circle class=\"dot s{slot % Palette.Count}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"3.6\"><title>{HtmlText.Encode(series.Name)}: {HtmlText.Percent(value)}</title></circle>"
            );
        }

        svg.Append('\n');
    }

    private static string Describe(LossPanel panel) =>
        $"{panel.YLabel} against {panel.XLabel}. "
        + string.Join(
            " ",
            panel.Series.Select(s =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{s.Name}: {string.Join(", ", s.Y.Select(y => $"{y:0.###}"))}."
                )
            )
        );

    private static IEnumerable<(double X, string Label)> Places(LossPanel panel, Scale scale)
    {
        if (panel.Places.Count > 0)
        {
            return panel.Places.Select((label, at) => ((double)at, label));
        }

        var all = panel.Series.SelectMany(s => s.X).Distinct().Order();
        return panel.IsLogarithmic
            ? all.Select(x => (x, HtmlText.Count((long)Math.Round(Math.Pow(10, x)))))
            : Ticks(scale.First, scale.Last).Select(x => (x, HtmlText.Coordinate(x)));
    }

    private static IEnumerable<double> Ticks(double low, double high)
    {
        var span = Math.Max(1e-9, high - low);
        var power = Math.Pow(10, Math.Floor(Math.Log10(span / 4)));
        var step = new[] { 1, 2, 2.5, 5, 10 }.Select(m => m * power).First(s => s >= span / 6);
        for (var at = Math.Ceiling((low / step) - 1e-9) + 0.0; at * step <= high + (1e-9 * span); at++)
        {
            yield return (at * step) + 0.0;
        }
    }

    private sealed class Scale
    {
        private readonly double _margin;

        public Scale(LossPanel panel, double low, double high)
        {
            var x = panel.Series.SelectMany(s => s.X).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
            (Low, High) = (low, high);
            (First, Last) = (x.Min(), x.Max());
            _margin = panel.Places.Count > 0 ? 0.6 : Math.Max(1e-9, 0.04 * (Last - First));
        }

        public double Low { get; }

        public double High { get; }

        public double First { get; }

        public double Last { get; }

        public double X(double value) =>
            Left + ((value - First + _margin) / (Last - First + (2 * _margin)) * (Width - Left - Right));

        public double Y(double value) => Top + ((High - value) / (High - Low) * (Height - Top - Bottom));
    }
}
