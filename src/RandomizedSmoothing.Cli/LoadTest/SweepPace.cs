namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>How fast a sweep went for a while.</summary>
/// <param name="PerSecond">Draws a second; 0 when none was recorded.</param>
/// <param name="Processors">How many processors the worker had; null when nobody can say.</param>
internal readonly record struct SweepPace(double PerSecond, double? Processors)
{
    /// <summary>Draws a second of the worker's processor time: what others take of the processor does not show in it.</summary>
    public double? PerProcessorSecond => Processors > 0 ? PerSecond / Processors : null;

    /// <summary>
    /// The pace from what was seen: workers tell their draws in steps, so a line is laid by least squares through the moments at
    /// which the number was seen to grow.
    /// </summary>
    public static SweepPace Of(IReadOnlyList<SweepLook> looks)
    {
        var steps = looks.Where((look, i) => i > 0 && look.Draws != looks[i - 1].Draws).ToList();
        var processors = looks is [{ Worker: { } first }, .., { Worker: { } last }]
            ? (last - first) / (looks[^1].At - looks[0].At)
            : (double?)null;
        if (steps.Count < 2)
        {
            return new SweepPace(0, processors);
        }

        var middle = steps.Average(step => step.At.TotalSeconds);
        var slope =
            steps.Sum(step => (step.At.TotalSeconds - middle) * (step.Draws - steps[0].Draws))
            / steps.Sum(step => Math.Pow(step.At.TotalSeconds - middle, 2));
        return new SweepPace(slope, processors);
    }
}

/// <summary>What was seen of a sweep at one moment.</summary>
/// <param name="At">Since some start.</param>
/// <param name="Draws">Draws that are recorded.</param>
/// <param name="Worker">Processor time that the worker has used; null when nobody can say.</param>
internal readonly record struct SweepLook(TimeSpan At, long Draws, TimeSpan? Worker);
