namespace RandomizedSmoothing.Reporting.AccuracyLoss;

/// <summary>How the points of a series are joined.</summary>
public enum LineShape
{
    /// <summary>Straight lines with a mark at each point.</summary>
    Marked,

    /// <summary>Straight lines.</summary>
    Plain,

    /// <summary>Bars that start at zero and are as wide as the spacing of the points.</summary>
    Bars,
}

/// <summary>One series; a value that is not finite leaves a gap.</summary>
/// <param name="Name">Shown in the legend; empty for none.</param>
/// <param name="X">Ascending.</param>
/// <param name="Y">As many values.</param>
public sealed record LossSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    public LineShape Shape { get; init; } = LineShape.Marked;
}

/// <summary>One panel with its series.</summary>
/// <param name="XLabel">What runs to the right, with its unit.</param>
/// <param name="YLabel">What runs upward, with its unit.</param>
/// <param name="Series">Drawn in order.</param>
public sealed record LossPanel(string XLabel, string YLabel, IReadOnlyList<LossSeries> Series)
{
    public string Title { get; init; } = "";

    /// <summary>Vertical lines, such as critical levels.</summary>
    public IReadOnlyList<double> Marks { get; init; } = [];

    /// <summary>The upper end of the vertical axis; null for what the data needs.</summary>
    public double? Top { get; init; }
}

/// <summary>Panels side by side.</summary>
public sealed record LossFigure(IReadOnlyList<LossPanel> Panels);
