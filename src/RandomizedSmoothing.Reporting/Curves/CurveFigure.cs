using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>Curves that share axes, and so a norm.</summary>
/// <param name="Title">Above the panel; empty where one panel needs none.</param>
/// <param name="Series">The curves, in legend order.</param>
public sealed record CurvePanel(string Title, IReadOnlyList<CurveSeries> Series)
{
    /// <summary>The norm of all its radii; null where it is not known.</summary>
    public Norm? Norm { get; init; } = Core.Noise.Norm.L2;

    /// <summary>Whether curves have bands: of more curves than there are colours they would only hide each other.</summary>
    public bool HasBands => Series.Count(s => !s.IsPublished) <= Palette.Count;

    /// <summary>Text of the radius axis, with its norm and unit.</summary>
    public string RadiusLabel =>
        Norm switch
        {
            Core.Noise.Norm.L0 => "ℓ0 radius (changed coordinates)",
            null => "radius (norm not known)",
            _ => SweepTable.NormName([Norm]) + " radius (pixels in [0, 1])",
        };
}

/// <summary>What a figure of certified-accuracy curves shows, independent of how it is drawn.</summary>
public sealed record CurveFigure
{
    /// <summary>Panels in reading order, at least one.</summary>
    public required IReadOnlyList<CurvePanel> Panels { get; init; }

    /// <summary>Text of the accuracy axis.</summary>
    public string AccuracyLabel { get; init; } = "certified accuracy";

    /// <summary>Coverage of the confidence band; null draws none.</summary>
    public double? Confidence { get; init; } = 0.95;

    /// <summary>End of a panel's radius axis: a little beyond the largest radius, the same in all panels of a norm.</summary>
    public double RadiusEnd(CurvePanel panel)
    {
        var series = Panels.Where(p => p.Norm == panel.Norm).SelectMany(p => p.Series);
        var largest = series.Select(s => s.LargestRadius).DefaultIfEmpty(0).Max();
        return largest > 0 ? largest * 1.06 : 1;
    }
}
