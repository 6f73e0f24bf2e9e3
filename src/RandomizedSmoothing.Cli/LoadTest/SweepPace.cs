namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>How fast a sweep went for a while.</summary>
/// <param name="Draws">Draws that were recorded.</param>
/// <param name="Over">In this time.</param>
/// <param name="Worker">Processor time of the worker; null when nobody can say.</param>
internal readonly record struct SweepPace(long Draws, TimeSpan Over, TimeSpan? Worker)
{
    /// <summary>Draws a second; 0 when none was recorded.</summary>
    public double PerSecond => Over > TimeSpan.Zero ? Draws / Over.TotalSeconds : 0;

    /// <summary>Draws a second of the worker's processor time: what others take of the processor does not show in it.</summary>
    public double? PerProcessorSecond => Worker > TimeSpan.Zero ? Draws / Worker.Value.TotalSeconds : null;

    /// <summary>How many processors the worker had.</summary>
    public double? Processors => Worker is { } used && Over > TimeSpan.Zero ? used / Over : null;
}
