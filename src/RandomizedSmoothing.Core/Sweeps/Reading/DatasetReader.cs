namespace RandomizedSmoothing.Core.Sweeps.Reading;

/// <summary>Reads one item of <c>datasets</c>.</summary>
internal sealed class DatasetReader(ProblemList problems, SweepVocabulary vocabulary, PathResolver paths)
{
    public DatasetSpec? Read(YamlTree tree, string path)
    {
        // A bare known name is short for a mapping with that name alone.
        if (tree is YamlScalar { IsNull: false } bare)
        {
            tree = new YamlMap(bare.Mark, [new YamlEntry("name", bare.Mark, bare)]);
        }

        var section = Section.Open(tree, path, problems);
        if (section is null)
        {
            return null;
        }

        var name = Names.Read(section, "name", "a data set");
        var folder = section.Find("path") is { } given ? paths.Resolve(given, section.At("path"), problems) : null;
        var spec = new DatasetSpec
        {
            Name = name ?? "",
            Path = folder,
            Format = section.OneOf("format", vocabulary.Formats),
            Split = section.OneOf("split", ["test", "train"]) ?? "test",
            Skip = section.Count("skip", 1, meaning: "every skip-th image is taken, from the first"),
            Max = section.OptionalCount("max", meaning: "a count of images"),
            Classes = section.OptionalCount("classes", DatasetSpec.MostClasses, "a count of classes"),
        };
        if (name is not null)
        {
            Check(section, name);
        }

        section.Close();
        return spec;
    }

    private void Check(Section section, string name)
    {
        var known = vocabulary.Datasets.FirstOrDefault(d => d.Name == name);
        if (known is null)
        {
            CheckOwn(section, name);
            return;
        }

        foreach (var key in (string[])["path", "format"])
        {
            if (known.Embedded && section.Has(key))
            {
                var rule = $"the data set '{name}' is part of the program and takes no {key}";
                problems.Error(section.At(key), section.MarkOf(key), section.GivenFor(key), rule, "remove the line");
            }
        }
    }

    private void CheckOwn(Section section, string name)
    {
        var names = vocabulary.Datasets.Select(d => d.Name).ToList();
        if (section.Has("format") && !section.Has("path"))
        {
            problems.Missing(section.At("path"), section.Mark, "is missing: a data set of your own needs a path");
        }
        else if (!section.Has("format"))
        {
            var nearest = Suggestions.DidYouMean(name, names);
            var own = $"for a data set of your own give format ({string.Join(", ", vocabulary.Formats)}) and path";
            problems.Error(
                section.At("name"),
                section.MarkOf("name"),
                name,
                $"is no known data set; known are {string.Join(", ", names)}",
                nearest.Length == 0 ? own : $"{nearest} Otherwise {own}"
            );
        }
    }
}
