using RandomizedSmoothing.Core.Noise;

namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>A data set that needs no <c>format:</c> and no <c>path:</c>.</summary>
/// <param name="Name">Its name in a sweep file.</param>
/// <param name="Embedded">Part of the program: takes no path.</param>
public sealed record KnownDataset(string Name, bool Embedded = false);

/// <summary>A number that a training recipe takes under <c>train.options</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">The least value, inclusive.</param>
/// <param name="Most">The greatest value, inclusive.</param>
/// <param name="Meaning">For people.</param>
public sealed record KnownOption(string Name, double Least, double Most, string Meaning);

/// <summary>A training recipe.</summary>
/// <param name="Name">Its name in a sweep file.</param>
/// <param name="Options">The numbers it takes; null where they are not known here, so that any is let through.</param>
public sealed record KnownRecipe(string Name, IReadOnlyList<KnownOption>? Options = null);

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

    /// <summary>Training recipes, the default first.</summary>
    public required IReadOnlyList<KnownRecipe> Recipes { get; init; }

    /// <summary>Noise families, the default first.</summary>
    public required IReadOnlyList<NoiseFamily> Noises { get; init; }

    /// <summary>The names of the sweep file's version 1, whether or not the program at hand can do all of them.</summary>
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
            Formats =
            [
                "idx",
                "cifar-binary",
                "image-folder",
                "image-folder-as-is",
                "csv",
                "csv-label-first",
                "csv-label-last",
            ],
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
            Recipes =
            [
                new KnownRecipe("gaussian"),
                new KnownRecipe("consistency"),
                new KnownRecipe("smoothadv"),
                new KnownRecipe("macer"),
                new KnownRecipe("stability"),
            ],
            Noises = NoiseFamilies.All,
        };

    /// <summary>
    /// The noise family of a name, also with options behind it (<c>pareto-a10</c>) where the family is one of these; null for
    /// none.
    /// </summary>
    public NoiseFamily? FindNoise(string name) =>
        Noises.FirstOrDefault(n => n.Name == name)
        ?? (Noises.Any(n => name.StartsWith($"{n.Name}-", StringComparison.Ordinal)) ? NoiseFamilies.Find(name) : null);
}
