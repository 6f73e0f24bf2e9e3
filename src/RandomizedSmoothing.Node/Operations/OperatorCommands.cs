using RandomizedSmoothing.Cluster;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Node.Operations.Commands;

namespace RandomizedSmoothing.Node.Operations;

/// <summary>The table of contents of what an operator can do.</summary>
public static class OperatorCommands
{
    /// <summary>All commands over a cluster.</summary>
    public static OperatorPalette Create(
        ISweepClient sweeps,
        ISweepLedger ledger,
        IClusterMembership membership,
        TimeProvider time
    ) =>
        new([
            .. new SweepModule(sweeps).Commands,
            .. new ShardModule(sweeps, ledger).Commands,
            .. new WorkerModule(sweeps).Commands,
            .. new LedgerModule(ledger, time).Commands,
            .. new ClusterModule(membership).Commands,
        ]);
}
