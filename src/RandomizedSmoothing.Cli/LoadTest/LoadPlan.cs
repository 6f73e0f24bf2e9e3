namespace RandomizedSmoothing.Cli.LoadTest;

/// <summary>How much is read, and what is still good.</summary>
/// <param name="Streams">Readers of event streams.</param>
/// <param name="Rate">Requests a second for lists and progress.</param>
/// <param name="Rounds">How often it is read.</param>
/// <param name="Length">For how long in each round.</param>
/// <param name="WarmUp">For how long it is read before, not counted.</param>
/// <param name="Alone">How long the sweep is timed without readers, before and after each round.</param>
/// <param name="MostLoss">The greatest loss of the sweep's speed, in [0,1].</param>
internal sealed record LoadPlan(
    int Streams,
    int Rate,
    int Rounds,
    TimeSpan Length,
    TimeSpan WarmUp,
    TimeSpan Alone,
    double MostLoss
);
