namespace RandomizedSmoothing.Reporting.Curves;

/// <summary>
/// The corners of a step function and its band, ready for drawing: two corners for each step, so that straight lines between
/// them make the steps.
/// </summary>
public sealed record StepPath(double[] Radii, double[] Accuracy, double[] Lower, double[] Upper)
{
    /// <summary>The corners of a curve, from radius 0 to its last step, or to <paramref name="end"/> where it never falls to 0.</summary>
    public static StepPath Of(CurveSeries series, double confidence, double resolution, double end)
    {
        var radii = new List<double>();
        var accuracy = new List<double>();
        var lower = new List<double>();
        var upper = new List<double>();
        CurveStep? before = null;
        foreach (var step in series.Steps(confidence, resolution))
        {
            if (before is { } last)
            {
                Add(step.Radius, last);
            }

            Add(step.Radius, step);
            before = step;
        }

        if (before is { Below: > 0 } open && open.Radius < end)
        {
            Add(end, open);
        }

        return new StepPath([.. radii], [.. accuracy], [.. lower], [.. upper]);

        void Add(double radius, CurveStep level)
        {
            radii.Add(radius);
            accuracy.Add(level.Below);
            lower.Add(level.Lower);
            upper.Add(level.Upper);
        }
    }
}
