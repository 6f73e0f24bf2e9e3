using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>A data set that needs no <c>format:</c> and no <c>path:</c>.</summary>
/// <param name="Name">Its name in a sweep file.</param>
/// <param name="Embedded">Part of the program: takes no path.</param>
public sealed record KnownDataset(string Name, bool Embedded = false);

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

    /// <summary>Noise families, the default first.</summary>
    public required IReadOnlyList<NoiseFamily> Noises { get; init; }

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
            Noises = NoiseFamilies.All,
        };
}
