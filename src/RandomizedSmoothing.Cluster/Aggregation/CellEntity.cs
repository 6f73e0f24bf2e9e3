using Akka.Cluster.Sharding;
using RandomizedSmoothing.Cluster.Protocol;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Aggregation;

/// <summary>Names and places the aggregators: entity <c>sweep|cell</c>, spread over a fixed number of shards.</summary>
public static class CellEntity
{
    /// <summary>The name of the shard region.</summary>
    public const string Region = "cells";

    private const int Shards = 60;

    /// <summary>The entity of a cell.</summary>
    public static string Id(SweepId sweep, CellId cell) => $"{sweep.Value}|{cell.Value}";

    /// <summary>The cell of an entity; sweep ids hold no bar, so the first one divides.</summary>
    public static (SweepId Sweep, CellId Cell) Parse(string entityId)
    {
        var bar = entityId.IndexOf('|', StringComparison.Ordinal);
        return (new SweepId(entityId[..bar]), new CellId(entityId[(bar + 1)..]));
    }

    /// <summary>Routes cell messages.</summary>
    public static IMessageExtractor Extractor { get; } =
        HashCodeMessageExtractor.Create(
            Shards,
            message => message is ICellMessage cell ? Id(cell.Sweep, cell.Cell) : null!,
            message => message
        );
}
