namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>A data set that needs no <c>format:</c> and no <c>path:</c>.</summary>
/// <param name="Name">Its name in a sweep file.</param>
/// <param name="Embedded">Part of the program: takes no path.</param>
public sealed record KnownDataset(string Name, bool Embedded = false);

/// <summary>A noise family as far as a sweep file must know it.</summary>
public sealed record KnownNoise(string Name)
{
    /// <summary>Whether the family has an exact integer sampler; the others are sampled in keyed floating point.</summary>
    public bool ExactSampler { get; init; }

    /// <summary>Whether every offset of the noise is evaluated, so that votes are exact and no alpha is involved.</summary>
    public bool Derandomized { get; init; }

    /// <summary>The least sigma that the family's certificate allows.</summary>
    public double LeastSigma { get; init; } = 1e-4;

    /// <summary>The greatest sigma, inclusive.</summary>
    public double MostSigma { get; init; } = 10;

    /// <summary>What a sigma means for this family.</summary>
    public string SigmaMeaning { get; init; } =
        "sigma is the standard deviation of each coordinate on pixels in [0,1], before normalisation";

    /// <summary>Whether the runner-up's bound can be used, beside the top class's.</summary>
    public bool TwoClass { get; init; } = true;
}

/// <summary>
/// The names that a sweep file may use. Passed in, so that reading a file needs neither models nor data; what registers a new
/// name elsewhere extends the vocabulary.
/// </summary>
public sealed record SweepVocabulary
{
    /// <summary>Data sets known by name.</summary>
    public required IReadOnlyList<KnownDataset> Datasets { get; init; }

    /// <summary>Formats of data sets given by path.</summary>
    public required IReadOnlyList<string> Formats { get; init; }

    /// <summary>Architectures that can be built, trained or filled from a file of tensors.</summary>
    public required IReadOnlyList<string> Architectures { get; init; }

    /// <summary>Training recipes.</summary>
    public required IReadOnlyList<string> Recipes { get; init; }

    /// <summary>Noise families.</summary>
    public required IReadOnlyList<KnownNoise> Noises { get; init; }

    /// <summary>The names of this version.</summary>
    public static SweepVocabulary Default { get; } =
        new()
        {
            Datasets =
            [
                new KnownDataset("digits", Embedded: true),
                new KnownDataset("mnist"),
                new KnownDataset("fashion-mnist"),
                new KnownDataset("cifar10"),
                new KnownDataset("cifar100"),
                new KnownDataset("imagenet"),
            ],
            Formats = ["idx", "cifar-binary", "image-folder", "csv"],
            Architectures =
            [
                "small-conv",
                "lenet",
                "resnet20",
                "resnet32",
                "resnet44",
                "resnet56",
                "resnet110",
                "wrn-28-10",
                "resnet18",
                "resnet50",
            ],
            Recipes = ["gaussian", "consistency", "smoothadv", "macer", "stability"],
            Noises =
            [
                new KnownNoise("gaussian") { ExactSampler = true },
                new KnownNoise("uniform") { ExactSampler = true },
                new KnownNoise("laplace") { ExactSampler = true },
                new KnownNoise("exp-infinity"),
                new KnownNoise("uniform-ball"),
                new KnownNoise("exp-l2"),
                new KnownNoise("pareto"),
                Splitting(new KnownNoise("ssn")),
                Splitting(new KnownNoise("dssn") { Derandomized = true }),
                KeepProbability("discrete-l0"),
                KeepProbability("ablation-l0"),
            ],
        };

    /// <summary>The noise family of this name, or null.</summary>
    public KnownNoise? FindNoise(string name) => Noises.FirstOrDefault(n => n.Name == name);

    private static KnownNoise Splitting(KnownNoise noise) =>
        noise with
        {
            ExactSampler = true,
            TwoClass = noise.Derandomized,
            LeastSigma = 0.28867513459481287,
            SigmaMeaning = "sigma is lambda/√3, and splitting noise needs lambda of at least ½ (Levine & Feizi 2021)",
        };

    private static KnownNoise KeepProbability(string name) =>
        new(name)
        {
            ExactSampler = true,
            TwoClass = false,
            LeastSigma = 1e-6,
            MostSigma = 1,
            SigmaMeaning = "for this family sigma is the share of coordinates that is kept",
        };
}
