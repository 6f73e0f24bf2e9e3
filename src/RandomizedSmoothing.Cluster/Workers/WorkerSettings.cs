namespace RandomizedSmoothing.Cluster.Workers;

/// <summary>Times and sizes of a worker.</summary>
/// <param name="LeaseDuration">How long the coordinator waits for a silent device.</param>
/// <param name="ResendAfter">After how long an unanswered message is repeated.</param>
/// <param name="FailureBackoff">
/// Pause of a device after a failure, ten times as long where its machine is at fault; doubled with each in a row, up to 30 s.
/// </param>
/// <param name="Prefetch">Whether a device holds the next shard ready while it runs one.</param>
/// <param name="BatchBytes">Approximate size of one message of votes.</param>
/// <param name="OutboxBytes">Votes that may wait for the ledger before the device pauses.</param>
public sealed record WorkerSettings(
    TimeSpan LeaseDuration,
    TimeSpan ResendAfter,
    TimeSpan FailureBackoff,
    bool Prefetch = true,
    int BatchBytes = 96 * 1024,
    int OutboxBytes = 8 * 1024 * 1024
)
{
    /// <summary>How often a worker reports what it is doing.</summary>
    public TimeSpan ReportEvery => TimeSpan.FromMilliseconds(Math.Clamp(LeaseDuration.TotalMilliseconds / 5, 50, 1000));
}
