using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Node.Local;

/// <summary>Where and with what a sweep runs in one process.</summary>
public sealed record LocalSweepOptions
{
    /// <summary>Name of the ledger within the results folder.</summary>
    public const string LedgerName = "ledger.db";

    /// <summary>The results folder; holds the ledger, too.</summary>
    public required string Directory { get; init; }

    /// <summary>The devices: <c>auto</c>, <c>cpu:N</c>, <c>cuda:0,1</c>.</summary>
    public string Devices { get; init; } = "auto";

    /// <summary>Downloads, trained models, files by digest.</summary>
    public CacheFolders Cache { get; init; } = CacheFolders.Default();

    /// <summary>Where data sets are looked for.</summary>
    public DatasetOptions Datasets { get; init; } = DatasetOptions.FromEnvironment();

    /// <summary>The command as typed, for the manifest.</summary>
    public string Command { get; init; } = "";

    /// <summary>Told what a person should know while the sweep runs.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Path of the ledger.</summary>
    public string LedgerPath => Path.Combine(Directory, LedgerName);
}
