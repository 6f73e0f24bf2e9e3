using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>A message that crosses nodes; every one has a form in <c>smoothing.proto</c>.</summary>
public interface IWireMessage;

/// <summary>A message to the aggregator of one cell; cluster sharding routes it by sweep and cell.</summary>
public interface ICellMessage : IWireMessage
{
    /// <summary>The sweep.</summary>
    SweepId Sweep { get; }

    /// <summary>The cell.</summary>
    CellId Cell { get; }
}
