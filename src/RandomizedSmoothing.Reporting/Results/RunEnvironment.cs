using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Reporting.Results;

/// <summary>What a run used beyond what its sweep file says: recorded in the manifest, never compared.</summary>
public sealed record RunEnvironment
{
    /// <summary>Version of this program, with its source revision where known.</summary>
    public required string ProductVersion { get; init; }

    /// <summary>When the sweep began, over all its runs.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its last vote was counted.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Version of .NET.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>Operating system and version.</summary>
    public string OperatingSystem { get; init; } = "";

    /// <summary>Processor, number of cores, memory.</summary>
    public string Machine { get; init; } = "";

    /// <summary>Libraries that can change a vote, as libtorch, with their versions.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; init; } = new Dictionary<string, string>();

    /// <summary>The devices that counted.</summary>
    public IReadOnlyList<DeviceDescription> Devices { get; init; } = [];

    /// <summary>The files of the base classifiers as they were run.</summary>
    public IReadOnlyList<ModelArtifact> Models { get; init; } = [];

    /// <summary>The command that made the results.</summary>
    public string Command { get; init; } = "";
}

/// <summary>A base classifier as it was run.</summary>
/// <param name="Key">Its key in the sweep.</param>
/// <param name="File">Digest of its file.</param>
/// <param name="TrainAccuracy">Accuracy under the training noise in the last epoch, in [0, 1]; null when imported.</param>
/// <param name="TrainSeconds">Seconds of training; null when imported.</param>
public sealed record ModelArtifact(
    ContentHash Key,
    ContentHash File,
    double? TrainAccuracy = null,
    double? TrainSeconds = null
);
