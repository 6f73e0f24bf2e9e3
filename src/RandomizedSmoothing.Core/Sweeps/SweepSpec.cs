using System.Text.Json.Serialization;
using RandomizedSmoothing.Core.Certification;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>A sweep file as written (version 1), defaults filled in, overrides applied, validated by itself.</summary>
public sealed record SweepSpec
{
    /// <summary>The sweep's name; the default results folder and the id derive from it.</summary>
    public required string Name { get; init; }

    /// <summary>Root of every noise key and training run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Sweeps of higher priority get devices first.</summary>
    public int Priority { get; init; }

    /// <summary>The data sets, at least one.</summary>
    public required IReadOnlyList<DatasetSpec> Datasets { get; init; }

    /// <summary>The models, at least one.</summary>
    public required IReadOnlyList<ModelSpec> Models { get; init; }

    /// <summary>Noise family names.</summary>
    public IReadOnlyList<string> Noises { get; init; } = ["gaussian"];

    /// <summary>Per-coordinate standard deviations in [0,1] pixel units, before normalisation.</summary>
    public required IReadOnlyList<double> Sigmas { get; init; }

    /// <summary>Draws, failure probability, kind of certificate.</summary>
    public CertificationPlan Certify { get; init; } = new();

    /// <summary>How the noise is sampled.</summary>
    public SamplerKind Sampler { get; init; } = SamplerKind.Exact;

    /// <summary>Batches, precision, attempts.</summary>
    public ExecutionPlan Execution { get; init; } = new();

    /// <summary>What the report shows.</summary>
    public ReportSpec Report { get; init; } = new();
}

/// <summary>One data set of a sweep.</summary>
public sealed record DatasetSpec
{
    /// <summary>The greatest number of classes that can be asked for.</summary>
    public const int MostClasses = 100_000;

    /// <summary>A known name (<c>digits</c>, <c>mnist</c>, …) or any name with <see cref="Format"/> and <see cref="Path"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Folder or file; absolute after parsing. Null: <c>$RSMOOTH_DATA/name</c>, then the cache, then download.</summary>
    public string? Path { get; init; }

    /// <summary><c>idx</c>, <c>cifar-binary</c>, <c>image-folder</c>, <c>image-folder-as-is</c>, <c>csv</c>, …; null for the format of a known name.</summary>
    public string? Format { get; init; }

    /// <summary><c>train</c> or <c>test</c>.</summary>
    public string Split { get; init; } = "test";

    /// <summary>Every skip-th image, from image 0; at least 1.</summary>
    public int Skip { get; init; } = 1;

    /// <summary>At most this many images; null for all.</summary>
    public int? Max { get; init; }

    /// <summary>The number of classes, where the files need not show all of them; null for what they show.</summary>
    public int? Classes { get; init; }
}

/// <summary>One base classifier of a sweep: trained by it (<see cref="Train"/>) or imported (<see cref="File"/>).</summary>
public sealed record ModelSpec
{
    /// <summary>Unique within the sweep.</summary>
    public required string Name { get; init; }

    /// <summary>A named architecture; required to train and for safetensors.</summary>
    public string? Architecture { get; init; }

    /// <summary>How to train it.</summary>
    public TrainSpec? Train { get; init; }

    /// <summary>An imported file; absolute after parsing.</summary>
    public string? File { get; init; }

    /// <summary>Applied to [0,1] pixels before the file's own first layer; null when it is inside the file.</summary>
    public Normalization? Normalize { get; init; }
}

/// <summary>(x − mean) / std per channel, on pixels in [0,1].</summary>
public sealed record Normalization(IReadOnlyList<double> Mean, IReadOnlyList<double> Std);

/// <summary>Which training sigmas a model is trained at.</summary>
public enum TrainSigmaKind
{
    /// <summary>Each cell uses the model trained at the cell's own sigma.</summary>
    Match,

    /// <summary>One model, trained without noise.</summary>
    None,

    /// <summary>One model for each listed sigma, each certified at every test sigma.</summary>
    List,
}

/// <summary>A training recipe.</summary>
public sealed record TrainSpec
{
    /// <summary>Match, none, or a list.</summary>
    public TrainSigmaKind SigmaKind { get; init; } = TrainSigmaKind.Match;

    /// <summary>The list, for <see cref="TrainSigmaKind.List"/>.</summary>
    public IReadOnlyList<double> Sigmas { get; init; } = [];

    /// <summary>Passes over the training split.</summary>
    public int Epochs { get; init; } = 4;

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Initial learning rate of SGD with momentum.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary><c>gaussian</c> (Cohen et al. 2019) or another registered recipe.</summary>
    public string Recipe { get; init; } = "gaussian";

    /// <summary>At most this many training images; null for all.</summary>
    public int? MaxImages { get; init; }

    /// <summary>Recipe-specific numbers by name, as consistency's <c>lambda</c> or SmoothAdv's <c>epsilon</c>.</summary>
    public IReadOnlyDictionary<string, double> Options { get; init; } = new Dictionary<string, double>();
}

/// <summary>Numeric precision of the base classifier.</summary>
public enum Precision
{
    /// <summary>IEEE single.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>bfloat16 weights and activations.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}

/// <summary>How shards are executed.</summary>
public sealed record ExecutionPlan
{
    /// <summary>Rows of the one canonical batch shape of a run; null for the architecture's own, or for measured ones.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether the rows are measured before the first draw and kept for the sweep's life: <c>batchSize: tuned</c>.</summary>
    public bool TuneBatch { get; init; }

    /// <summary>Precision of the forward pass.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>How often a shard may fail before it is quarantined; at least 1.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Images per shard; null plans it from the number of draws.</summary>
    public int? ShardImages { get; init; }
}

/// <summary>What the report shows.</summary>
public sealed record ReportSpec
{
    /// <summary>Radii of tables and of <c>curves.csv</c>, ascending; empty: derived from the sigmas.</summary>
    public IReadOnlyList<double> Radii { get; init; } = [];

    /// <summary>Published logs drawn dashed beside the curves: absolute paths of files or folders, or web addresses.</summary>
    public IReadOnlyList<string> CompareWith { get; init; } = [];
}
