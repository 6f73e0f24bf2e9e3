using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Models.Training;

namespace RandomizedSmoothing.Node.Submission;

/// <summary>The names that this program can carry out, taken from its catalogues: sweep files are read with it.</summary>
public static class ProductVocabulary
{
    /// <summary>The vocabulary.</summary>
    public static SweepVocabulary Current { get; } =
        new()
        {
            Datasets = [.. PublishedDataset.All.Select(d => new KnownDataset(d.Name, d.Format == "embedded"))],
            Formats = DatasetCatalogue.FormatNames,
            Architectures = [.. ArchitectureCatalogue.All.Select(a => a.Name)],
            Recipes = [.. RecipeCatalogue.Names.Select(name => new KnownRecipe(name, OptionsOf(name)))],
            Noises = NoiseFamilies.All,
        };

    private static IReadOnlyList<KnownOption> OptionsOf(string recipe) =>
        [.. RecipeCatalogue.OptionsOf(recipe).Select(o => new KnownOption(o.Name, o.Least, o.Most, o.Meaning))];
}
