namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// How many images make a shard: enough to keep a device busy for some seconds, few enough that every device gets several and
/// a lost shard costs little. Votes never depend on it.
/// </summary>
public sealed record ShardSizing
{
    /// <summary>The most images in one shard, whatever the speed.</summary>
    public const int MostImages = 1000;

    private const double AssumedDrawsPerSecond = 20_000;
    private const int ShardsPerDevice = 4;

    /// <summary>Draws that one image needs at most, at least 1.</summary>
    public required long DrawsPerImage { get; init; }

    /// <summary>Draws per second of one device; null while nothing has been measured.</summary>
    public double? DrawsPerSecond { get; init; }

    /// <summary>Seconds that a shard should take.</summary>
    public double TargetSeconds { get; init; } = 10;

    /// <summary>Devices that share the work.</summary>
    public int Devices { get; init; } = 1;

    /// <summary>A size that the user fixed (<c>execution.shardImages</c>); null to plan it.</summary>
    public int? FixedImages { get; init; }

    /// <summary>The size of the next shard when this many images are unfinished: from 1 to <see cref="MostImages"/>.</summary>
    public int Images(long unfinished)
    {
        if (FixedImages is { } given)
        {
            return Math.Max(1, given);
        }

        var speed = DrawsPerSecond is { } measured && measured > 0 ? measured : AssumedDrawsPerSecond;
        var byTime = Math.Clamp(TargetSeconds * speed / Math.Max(1, DrawsPerImage), 1, MostImages);
        var byShare = Math.Max(1, unfinished / ((long)ShardsPerDevice * Math.Max(1, Devices)));
        return (int)Math.Min((long)byTime, byShare);
    }
}
