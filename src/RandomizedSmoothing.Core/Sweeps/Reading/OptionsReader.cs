namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Reads <c>train.options</c>: numbers by the names that the recipe knows.</summary>
internal static class OptionsReader
{
    private static readonly Bounds Any = new(-1e9, 1e9);

    public static IReadOnlyDictionary<string, double> Read(Section training, KnownRecipe recipe)
    {
        var options = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var (problems, path) = (training.Problems, training.At("options"));
        switch (training.Find("options"))
        {
            case null:
                break;
            case YamlMap map:
                foreach (var entry in map.Entries)
                {
                    if (Read(entry, $"{path}.{entry.Key}", recipe, problems) is { } value)
                    {
                        options[entry.Key] = value;
                    }
                }

                break;
            case { } other:
                problems.Error(path, other, "must be a mapping of option names to numbers");
                break;
        }

        return options;
    }

    private static double? Read(YamlEntry entry, string path, KnownRecipe recipe, ProblemList problems)
    {
        if (recipe.Options is null)
        {
            return Scalars.Number(entry.Value, path, Any, problems);
        }

        if (recipe.Options.FirstOrDefault(o => o.Name == entry.Key) is { } option)
        {
            return Scalars.Number(entry.Value, path, new Bounds(option.Least, option.Most), problems, option.Meaning);
        }

        var names = recipe.Options.Select(o => o.Name).ToList();
        var rule = $"is no option of the recipe {recipe.Name}, which takes {string.Join(", ", names)}";
        problems.Error(path, entry.KeyMark, "", rule, Suggestions.DidYouMean(entry.Key, names));
        return null;
    }
}
