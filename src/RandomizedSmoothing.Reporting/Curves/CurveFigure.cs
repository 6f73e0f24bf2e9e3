namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>Curves that share axes.</summary>
/// <param name="Title">Above the panel; empty where one panel needs none.</param>
/// <param name="Series">The curves, in legend order.</param>
public sealed record CurvePanel(string Title, IReadOnlyList<CurveSeries> Series);

/// <summary>What a figure of certified-accuracy curves shows, independent of how it is drawn.</summary>
public sealed record CurveFigure
{
    /// <summary>Panels in reading order, at least one.</summary>
    public required IReadOnlyList<CurvePanel> Panels { get; init; }

    /// <summary>Text of the radius axis, with its norm and unit.</summary>
    public string RadiusLabel { get; init; } = "ℓ2 radius (pixels in [0, 1])";

    /// <summary>Text of the accuracy axis.</summary>
    public string AccuracyLabel { get; init; } = "certified accuracy";

    /// <summary>Coverage of the confidence band; null draws none.</summary>
    public double? Confidence { get; init; } = 0.95;

    /// <summary>End of the radius axis: a little beyond the largest radius, the same in all panels.</summary>
    public double RadiusEnd
    {
        get
        {
            var largest = Panels.SelectMany(p => p.Series).Select(s => s.LargestRadius).DefaultIfEmpty(0).Max();
            return largest > 0 ? largest * 1.06 : 1;
        }
    }
}
