using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Node.Access;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Options;

/// <summary>What a node does in the cluster.</summary>
[Flags]
public enum NodeRoles
{
    /// <summary>Nothing; never valid.</summary>
    None = 0,

    /// <summary>Coordinates, stores votes, serves the API.</summary>
    Control = 1,

    /// <summary>Lends its devices.</summary>
    Worker = 2,
}

/// <summary>A name or address with a TCP port.</summary>
public sealed record HostAndPort(string Host, int Port)
{
    /// <inheritdoc />
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>Kinds of ledger.</summary>
public enum LedgerKind
{
    /// <summary>One file, one control node.</summary>
    Sqlite,

    /// <summary>A server, several control nodes.</summary>
    Postgres,
}

/// <summary>Where the ledger is.</summary>
/// <param name="Kind">SQLite or PostgreSQL.</param>
/// <param name="Target">An absolute path, or an Npgsql connection string with the password filled in: never to be shown.</param>
public sealed record LedgerLocation(LedgerKind Kind, string Target)
{
    /// <summary>The location without secrets.</summary>
    public override string ToString() => Kind == LedgerKind.Sqlite ? $"sqlite:{Target}" : "postgres:…";
}

/// <summary>The settings of one node, parsed and checked against each other; see <see cref="NodeSettings"/> for their meaning.</summary>
public sealed record NodeOptions
{
    public required NodeRoles Roles { get; init; }

    /// <summary>Null: public host and port, known when the port is.</summary>
    public required string? Name { get; init; }

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string PublicHost { get; init; }

    public required HostAndPort Http { get; init; }

    /// <summary>Empty: the node forms a cluster of its own.</summary>
    public required IReadOnlyList<HostAndPort> Seeds { get; init; }

    public required IReadOnlyList<Uri> ControlHttp { get; init; }

    /// <summary>Null without role <see cref="NodeRoles.Control"/>.</summary>
    public required LedgerLocation? Ledger { get; init; }

    public required string? Data { get; init; }

    public required string Cache { get; init; }

    public required string? Artifacts { get; init; }

    public required DeviceSelection Devices { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required TimeSpan Lease { get; init; }

    public required TimeSpan StallAfter { get; init; }

    public required TimeSpan StableAfter { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>Whether log lines are JSON.</summary>
    public bool LogAsJson { get; init; }

    /// <summary>Who may speak to the node over HTTP.</summary>
    public AccessOptions Access { get; init; } = AccessOptions.Open;

    /// <summary>What submitted sweeps may bring.</summary>
    public SubmissionLimits Submitted { get; init; } = new();

    /// <summary>Certificate of the node's HTTP; null for plain HTTP.</summary>
    public CertificateFiles? HttpTls { get; init; }

    /// <summary>Certificates of the connections between nodes; null for plain TCP.</summary>
    public RemoteTlsOptions? RemoteTls { get; init; }

    /// <summary>The text of the settings files for the actor system: their <c>akka</c> blocks override the product's.</summary>
    public IReadOnlyList<string> ActorSystemHocon { get; init; } = [];

    /// <summary>Things that are allowed but look like mistakes.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the node coordinates.</summary>
    public bool IsControl => Roles.HasFlag(NodeRoles.Control);

    /// <summary>Whether the node lends devices.</summary>
    public bool IsWorker => Roles.HasFlag(NodeRoles.Worker);
}
