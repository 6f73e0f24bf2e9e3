using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Protocol;

/// <summary>What the coordinator tells those who listen.</summary>
public static class SweepEvents
{
    /// <summary>Listener to coordinator: tell me about sweeps from now on. Repeated, because coordinators change.</summary>
    public sealed record Subscribe : IWireMessage;

    /// <summary>A sweep has moved on; the cells are left out, a listener that shows them asks for progress.</summary>
    public sealed record SweepChanged(SweepId Sweep, SweepState State, long Draws, int ImagesDone) : IWireMessage;
}
