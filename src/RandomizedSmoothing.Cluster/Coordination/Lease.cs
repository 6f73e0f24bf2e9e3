using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Coordination;

/// <summary>Names one grant of work to one device; never used twice, also not by the next coordinator.</summary>
public readonly record struct LeaseId(string Value)
{
    /// <inheritdoc />
    public override string ToString() => Value;
}

/// <summary>One device of one worker node.</summary>
/// <param name="Worker">The node, <c>host:port</c>.</param>
/// <param name="Name">The device's name within the node.</param>
public readonly record struct DeviceId(string Worker, string Name)
{
    /// <inheritdoc />
    public override string ToString() => $"{Worker}/{Name}";
}

/// <summary>Work that is leased as one.</summary>
public abstract record WorkUnit(SweepId Sweep);

/// <summary>Count the votes of a range of images.</summary>
public sealed record ShardWork(SampleShard Shard) : WorkUnit(Shard.Sweep)
{
    /// <summary>The ordinals.</summary>
    public OrdinalRange Range => new(Shard.First, Shard.Count);

    /// <inheritdoc />
    public override string ToString() => Shard.Id.ToString();
}

/// <summary>Train a base classifier.</summary>
public sealed record TrainingWork(SweepId Sweep, ContentHash Key) : WorkUnit(Sweep)
{
    /// <inheritdoc />
    public override string ToString() => $"{Sweep}: training {Key.Short}";
}

/// <summary>Work in the hands of a device until a deadline.</summary>
/// <param name="Id">The grant.</param>
/// <param name="Device">Who holds it.</param>
/// <param name="Work">What it is.</param>
/// <param name="Deadline">Coordinator's monotonic time at which it is given to another.</param>
/// <param name="Prefetched">Granted beside a running one; not begun as far as is known.</param>
/// <param name="Advanced">Whether the device has reported progress under it.</param>
/// <param name="Attempts">Failed attempts before this one.</param>
/// <param name="Losses">Devices lost before this attempt without any progress.</param>
/// <param name="Revoked">The device has been told to give it back.</param>
public sealed record Lease(
    LeaseId Id,
    DeviceId Device,
    WorkUnit Work,
    TimeSpan Deadline,
    bool Prefetched = false,
    bool Advanced = false,
    int Attempts = 0,
    int Losses = 0,
    bool Revoked = false
)
{
    /// <summary>When it was granted, coordinator's monotonic time; null when an earlier coordinator did.</summary>
    public TimeSpan? GrantedAt { get; init; }

    /// <summary>Since when the device has had it as far as this coordinator knows, its monotonic time.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>Whether the device has said that it holds the lease; a grant may be lost on its way.</summary>
    public bool Confirmed { get; init; }
}
