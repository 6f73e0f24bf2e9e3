namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>How much is read, and what is still good.</summary>
/// <param name="Streams">Readers of event streams.</param>
/// <param name="Rate">Requests a second for lists and progress.</param>
/// <param name="WarmUp">For how long it is read before anything counts.</param>
/// <param name="Length">For how long it is then read without a break, for errors and latencies.</param>
/// <param name="Pairs">How often the sweep is then timed with readers and without.</param>
/// <param name="Slice">For how long each time.</param>
/// <param name="MostLoss">The greatest loss of the sweep's speed, in [0,1].</param>
internal sealed record LoadPlan(
    int Streams,
    int Rate,
    TimeSpan WarmUp,
    TimeSpan Length,
    int Pairs,
    TimeSpan Slice,
    double MostLoss
)
{
    /// <summary>The part of a slice that does not count: readers come and go, and reports of the one before still arrive.</summary>
    public TimeSpan Settling => TimeSpan.FromSeconds(Math.Min(1, Slice.TotalSeconds / 4));

    /// <summary>How long all of it takes.</summary>
    public TimeSpan Total => WarmUp + Length + (2 * Pairs * Slice);
}
