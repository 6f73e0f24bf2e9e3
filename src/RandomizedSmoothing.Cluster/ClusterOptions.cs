using System.Globalization;

namespace RandomizedSmoothing.Cluster;

/// <summary>How one process takes part in a cluster. The defaults make a cluster of one process on loopback.</summary>
public sealed record ClusterOptions
{
    /// <summary>Role of nodes that coordinate and record.</summary>
    public const string ControlRole = "control";

    /// <summary>Role of nodes that lend their devices.</summary>
    public const string WorkerRole = "worker";

    /// <summary>The same on all nodes of a cluster: 1 to 40 letters, digits or '-', starting with a letter or digit.</summary>
    public string ActorSystemName { get; init; } = "rsmooth";

    /// <summary>What the process does: <see cref="ControlRole"/>, <see cref="WorkerRole"/> or both.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [ControlRole, WorkerRole];

    /// <summary>The worker's name in lists and events; null for public host and port. Unique in the cluster.</summary>
    public string? Name { get; init; }

    /// <summary>Address to listen on; <c>0.0.0.0</c> for all.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port to listen on, 0 to 65535; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>Name or address by which others reach this node; null for <see cref="Host"/>.</summary>
    public string? PublicHost { get; init; }

    /// <summary>
    /// Control nodes to join, <c>host:port</c>, the same list everywhere; only the first may form a cluster. Empty: this node is
    /// a cluster of its own.
    /// </summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>After how long without a sign of life a device loses its work; 500 ms to 1 day.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// After how long without progress (no vote reported, no training step) a device that still answers is taken for hung and
    /// loses its work; 1 s to 7 days.
    /// </summary>
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>After how long an unanswered message is repeated; below <see cref="LeaseDuration"/>.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a device rests after a failure, ten times as long where its machine is at fault; doubled with each in a row, up to
    /// 30 s.
    /// </summary>
    public TimeSpan FailureBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a device holds the next shard ready while it runs one.</summary>
    public bool Prefetch { get; init; } = true;

    /// <summary>How long the cluster must look the same before unreachable nodes are removed; at least 1 s.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a cluster that answers may keep this node waiting at its door before the node gives up.</summary>
    public TimeSpan JoinPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a leaving worker may take to hand back its work; 1 s to 1 h.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Versions of the libraries that decide votes, by name; for manifests.</summary>
    public IReadOnlyDictionary<string, string> Software { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether connections between nodes are TLS; the host of the actor system then brings the certificates.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>HOCON that goes to the actor system over the product's own; null for none.</summary>
    public string? Hocon { get; init; }

    /// <summary>Whether the process coordinates and records.</summary>
    public bool IsControl => Roles.Contains(ControlRole);

    /// <summary>Whether the process lends its devices.</summary>
    public bool IsWorker => Roles.Contains(WorkerRole);

    /// <summary>The host by which others reach this node.</summary>
    public string ReachableHost => PublicHost ?? Host;

    /// <summary>Whether this is the one node that may form a cluster where it finds none.</summary>
    public bool IsFirstSeed =>
        Seeds.Count > 0 && Seeds[0] == string.Create(CultureInfo.InvariantCulture, $"{ReachableHost}:{Port}");

    /// <summary>The address of the actor system at <c>host:port</c>.</summary>
    internal string AddressOf(string seed) =>
        $"{(IsEncrypted ? "akka.ssl.tcp" : "akka.tcp")}://{ActorSystemName}@{seed}";
}
