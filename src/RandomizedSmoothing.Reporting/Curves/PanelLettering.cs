using SkiaSharp;

namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>Where the lettering of a panel goes, so that it is whole and hides no curve.</summary>
internal static class PanelLettering
{
    private const float LegendMark = 50;
    private const float LegendLine = 23;

    /// <summary>Place of the legend.</summary>
    public enum LegendPlace
    {
        /// <summary>Above the falling curves.</summary>
        UpperRight,

        /// <summary>Below curves that stay high to their end.</summary>
        LowerLeft,

        /// <summary>Beside the axes, where it would hide a curve in either corner.</summary>
        Outside,
    }

    /// <summary>
    /// A title that is no wider than the panel: its longest parts lose their middle, so that what ends differently stays apart.
    /// </summary>
    /// <param name="title">Parts with <c> · </c> between them.</param>
    /// <param name="size">Size of the lettering, in pixels.</param>
    /// <param name="width">Room, in pixels.</param>
    public static string Fit(string title, float size, float width)
    {
        using var font = new SKFont(PlotFont.Typeface, size);
        var parts = title.Split(" · ");
        while (font.MeasureText(string.Join(" · ", parts)) > width)
        {
            var longest = Array.IndexOf(parts, parts.MaxBy(p => p.Length));
            var text = parts[longest].Replace("…", "", StringComparison.Ordinal);
            if (text.Length <= 4)
            {
                break;
            }

            var keep = text.Length - 1;
            parts[longest] = text[..(keep - keep / 2)] + "…" + text[^(keep / 2)..];
        }

        return string.Join(" · ", parts);
    }

    /// <summary>Where the legend hides no curve.</summary>
    /// <param name="panel">The curves.</param>
    /// <param name="end">End of the radius axis.</param>
    /// <param name="size">Size of the lettering, in pixels.</param>
    /// <param name="width">Width of the area between the axes, in pixels.</param>
    /// <param name="height">Its height, in pixels.</param>
    public static LegendPlace PlaceOf(CurvePanel panel, double end, float size, float width, float height)
    {
        using var font = new SKFont(PlotFont.Typeface, size);
        var widest = panel.Series.Select(s => font.MeasureText(s.Legend)).DefaultIfEmpty(0).Max();
        var wide = (LegendMark + widest) / width;
        var high = (LegendLine * panel.Series.Count + 8) / height;
        var curves = panel.Series.Where(s => s.Images > 0).ToList();
        return curves.TrueForAll(s => s.At(end * (1 - wide)) <= 1 - high) ? LegendPlace.UpperRight
            : curves.TrueForAll(s => s.At(end * wide) >= high) ? LegendPlace.LowerLeft
            : LegendPlace.Outside;
    }
}
