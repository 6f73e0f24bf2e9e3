namespace RandomizedSmoothing.Node.Options;

/// <summary>
/// Every setting of <c>rsmooth node</c>. Flags, variables, file keys, help text and the table of
/// <c>cluster-config/README.md</c> all come from this list.
/// </summary>
public static partial class NodeSettings
{
    public static readonly NodeSetting Config = new()
    {
        Name = "config",
        Form = "FILE",
        Default = "none",
        Repeatable = true,
        Description = "Settings file in HOCON (.hocon, .conf) or JSON (.json); a later file wins over an earlier one.",
        WhenToChange = "To keep the settings of many nodes in one place.",
    };

    public static readonly NodeSetting Roles = new()
    {
        Name = "roles",
        Form = "control or worker",
        Default = "control,worker",
        Repeatable = true,
        Description =
            "What the node does: `control` coordinates, stores votes and serves the API; `worker` lends its devices.",
        WhenToChange = "On several machines: three nodes `control`, the machines with devices `worker`.",
    };

    public static readonly NodeSetting Name = new()
    {
        Name = "name",
        Form = "TEXT",
        Default = "public host and port",
        Description = "The name of the node in lists, events and `drain`.",
        WhenToChange = "Where another name is known to people, as the pod's.",
    };

    public static readonly NodeSetting Host = new()
    {
        Name = "host",
        Form = "ADDRESS",
        Default = "127.0.0.1",
        Description = "The address on which the node listens for other nodes; `0.0.0.0` for all.",
        WhenToChange = "As soon as nodes run on more than one machine.",
    };

    public static readonly NodeSetting Port = new()
    {
        Name = "port",
        Form = "NUMBER",
        Default = "4053",
        Unit = "TCP port, 0 for any free one",
        Description = "The port on which the node listens for other nodes.",
        WhenToChange = "For a second node on one machine.",
    };

    public static readonly NodeSetting PublicHost = new()
    {
        Name = "public-host",
        Form = "NAME",
        Default = "host; the machine's name where host is 0.0.0.0",
        Description = "The name or address by which the other nodes reach this one.",
        WhenToChange = "In containers and behind address translation.",
    };

    public static readonly NodeSetting Http = new()
    {
        Name = "http",
        Form = "ADDRESS:PORT",
        Default = "127.0.0.1:8080",
        Unit = "TCP port, 0 for any free one",
        Description = "Where the node serves health and, in role `control`, the API, the dashboard and files.",
        WhenToChange = "When workers or people on other machines must reach it; it then needs keys (see `keys-file`).",
    };

    public static readonly NodeSetting Seed = new()
    {
        Name = "seed",
        Form = "HOST:PORT",
        Default = "the node itself",
        Repeatable = true,
        Description =
            "Control nodes to join; the same list, in the same order, everywhere. Only the first may form a cluster.",
        WhenToChange = "As soon as there is more than one node.",
    };

    public static readonly NodeSetting ControlHttp = new()
    {
        Name = "control-http",
        Form = "URL",
        Default = "the seeds' hosts with the port of `http`",
        Repeatable = true,
        Description = "Where control nodes serve files to workers and to each other.",
        WhenToChange = "When control nodes use different HTTP ports or sit behind another name.",
    };

    public static readonly NodeSetting Ledger = new()
    {
        Name = "ledger",
        Form = "sqlite:PATH or postgres:CONNECTION",
        Default = "sqlite:ledger.db in `cache`",
        Description =
            "The durable record of sweeps and votes, in role `control`. CONNECTION is an Npgsql connection string.",
        WhenToChange = "PostgreSQL where there are several control nodes.",
    };

    public static readonly NodeSetting LedgerPasswordFile = new()
    {
        Name = "ledger-password-file",
        Form = "FILE",
        Default = "none",
        Description = "A file whose first line is the password of the PostgreSQL ledger.",
        WhenToChange = "Wherever PostgreSQL asks for a password: keep it out of command lines and variables.",
    };

    public static readonly NodeSetting Data = new()
    {
        Name = "data",
        Form = "DIRECTORY",
        Default = "none",
        Description = "Where control nodes look for data sets by name before they download them.",
        WhenToChange = "When the data sets are on a disk already.",
    };

    public static readonly NodeSetting Cache = new()
    {
        Name = "cache",
        Form = "DIRECTORY",
        Default = "rsmooth in $XDG_CACHE_HOME or ~/.cache",
        Description = "Verified files by digest (data sets, models), and the SQLite ledger. One directory a node.",
        WhenToChange = "For a second node on one machine, and to put it on a fast disk.",
    };

    public static readonly NodeSetting Artifacts = new()
    {
        Name = "artifacts",
        Form = "DIRECTORY",
        Default = "none",
        Description =
            "A volume that all nodes share; files are taken from it by digest before they are asked for over HTTP.",
        WhenToChange = "With large data sets and a network file system.",
    };

    public static readonly NodeSetting Devices = new()
    {
        Name = "devices",
        Form = "auto, cpu:N, cuda, cuda:I,J",
        Default = "auto",
        Description =
            "Devices lent in role `worker`: N on the processor, every GPU, or the GPUs I and J; several separated by commas; auto takes every GPU, else one for two cores.",
        WhenToChange = "To share a machine with other work.",
    };

    public static readonly NodeSetting DrainTimeout = new()
    {
        Name = "drain-timeout",
        Form = "DURATION",
        Default = "30s",
        Unit = "s, m or h",
        Description =
            "How long a node that was asked to stop finishes or hands back its work before it leaves regardless.",
        WhenToChange = "Keep it below the grace period of whatever starts and stops the node.",
    };

    public static readonly NodeSetting Lease = new()
    {
        Name = "lease",
        Form = "DURATION",
        Default = "60s",
        Unit = "s, m or h",
        Description = "After how long without a sign of life a device loses its shard to another.",
        WhenToChange = "Longer where machines freeze under load, shorter where they are taken away without notice.",
    };

    public static readonly NodeSetting StallAfter = new()
    {
        Name = "stall-after",
        Form = "DURATION",
        Default = "15m",
        Unit = "s, m or h",
        Description =
            "After how long without progress (no draw, no training step) a device that still answers is taken for hung and loses its work.",
        WhenToChange = "Longer where fetching a data set takes longer, as the first shard waits for it.",
    };

    public static readonly NodeSetting StableAfter = new()
    {
        Name = "stable-after",
        Form = "DURATION",
        Default = "7s",
        Unit = "s, m or h",
        Description =
            "How long the cluster must look the same before unreachable nodes are removed; fail-over takes a little longer.",
        WhenToChange = "Longer on networks with long interruptions.",
    };

    public static readonly NodeSetting LogLevel = new()
    {
        Name = "log-level",
        Form = "debug, information, warning or error",
        Default = "information",
        Description = "The least severe line that is logged.",
        WhenToChange = "While hunting a fault.",
    };

    public static readonly NodeSetting LogFormat = new()
    {
        Name = "log-format",
        Form = "text or json",
        Default = "text",
        Description = "How log lines are written: for people, or as JSON with sweep, cell, shard and device as fields.",
        WhenToChange = "json where logs are collected and searched.",
    };

    /// <summary>All of them, in the order in which they are documented.</summary>
    public static IReadOnlyList<NodeSetting> All { get; } =
    [
        Config,
        Roles,
        Name,
        Host,
        Port,
        PublicHost,
        Http,
        Seed,
        ControlHttp,
        Ledger,
        LedgerPasswordFile,
        Data,
        Cache,
        Artifacts,
        Devices,
        DrainTimeout,
        Lease,
        StallAfter,
        StableAfter,
        LogLevel,
        LogFormat,
        .. Access,
    ];
}
