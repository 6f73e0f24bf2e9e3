using Akka.Event;

namespace RandomizedSmoothing.Cluster.Telemetry;

/// <summary>
/// Stands where the actor system writes to standard output while it starts and ends, past all other loggers: into the JSON of a
/// command, or between the lines of a log that are JSON.
/// </summary>
public sealed class SilentLogger : MinimalLogger
{
    /// <inheritdoc />
    protected override void Log(object message) { }
}
