using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>
/// The <c>model.yaml</c> beside a model file: <c>net.yaml</c> beside <c>net.ts.pt</c>, else <c>model.yaml</c> in its folder;
/// but not a sweep file that has the model's name.
/// </summary>
public static class ModelDescriptions
{
    private static readonly string[] Endings =
    [
        ".ts.pt",
        ".ts.pth",
        ".pth.tar",
        ".pt",
        ".pth",
        ".onnx",
        ".safetensors",
    ];

    /// <summary>The description beside a model file, or null.</summary>
    public static string? Find(string model)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        string[] places =
        [
            Path.Combine(folder, NameOf(model) + ".yaml"),
            Path.ChangeExtension(model, ".yaml"),
            Path.Combine(folder, "model.yaml"),
        ];
        return Array.Find(places, place => File.Exists(place) && !IsSweep(place));
    }

    /// <summary>The name of a model file without folder and ending: <c>net</c> of <c>net.ts.pt</c>.</summary>
    public static string NameOf(string model)
    {
        var name = Path.GetFileName(model);
        var ending =
            Array.Find(Endings, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ?? Path.GetExtension(name);
        return name[..^ending.Length];
    }

    /// <summary>Reads the description beside a model file, or null where there is none.</summary>
    /// <exception cref="UserErrorException">It cannot be read, or something in it is wrong.</exception>
    public static (string Path, ModelDescription Description)? Read(string model, SweepVocabulary vocabulary)
    {
        if (Find(model) is not { } path)
        {
            return null;
        }

        try
        {
            return (path, ModelDescriptionFile.Parse(File.ReadAllText(path), path, vocabulary));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"Cannot read the model description '{path}': {e.Message.TrimEnd('.')}. Mend its permissions, or remove it.",
                e
            );
        }
    }

    /// <summary>The model of a sweep with what its description adds; what the sweep says itself stays.</summary>
    /// <param name="spec">The model of the sweep file.</param>
    /// <param name="path">The description's file, for notes.</param>
    /// <param name="description">What it says.</param>
    /// <param name="note">Hears of keys that the sweep gives differently.</param>
    public static ModelSpec Merge(ModelSpec spec, string path, ModelDescription description, Action<string> note)
    {
        if (spec.Architecture is not null && description.Architecture is { } other && other != spec.Architecture)
        {
            note(
                $"The sweep's architecture {spec.Architecture} of the model {spec.Name} wins over {other} in '{path}'."
            );
        }

        if (spec.Normalize is not null && description.Normalize is { } normalize && !Same(normalize, spec.Normalize))
        {
            note($"The sweep's normalisation of the model {spec.Name} wins over that in '{path}'.");
        }

        return spec with
        {
            Architecture = spec.Architecture ?? description.Architecture,
            Normalize = spec.Normalize ?? description.Normalize,
        };
    }

    /// <summary>Checks that a model is meant for a data set, and says which names its classes have.</summary>
    /// <returns>The data set's own names, or the description's where the data set merely counts.</returns>
    /// <exception cref="UserErrorException">It is meant for other images or another number of classes.</exception>
    public static IReadOnlyList<string> Fit(
        string path,
        ModelDescription description,
        DatasetReference dataset,
        Action<string> note
    )
    {
        if (description.Classes is { } classes && classes != dataset.Classes)
        {
            throw new UserErrorException(
                $"The model is described in '{path}' as one of {classes} classes, and {dataset.Name} has {dataset.Classes}. Use the data set it "
                    + "was trained on, or correct 'classes'."
            );
        }

        if (description.Shape is { } shape && shape != dataset.Shape)
        {
            throw new UserErrorException(
                $"The model is described in '{path}' as one for images of {shape} (channels × height × width), and those of {dataset.Name} are "
                    + $"{dataset.Shape}. Use the data set it was made for, or correct 'input.shape'."
            );
        }

        if (description.ClassNames.Count == 0)
        {
            return dataset.ClassNames;
        }

        if (dataset.ClassNames.SequenceEqual(DatasetNames.Numbered(dataset.Classes)))
        {
            return description.ClassNames;
        }

        var moved = Enumerable
            .Range(0, dataset.Classes)
            .Where(i => dataset.ClassNames.Contains(description.ClassNames[i], StringComparer.OrdinalIgnoreCase))
            .Where(i =>
                !string.Equals(description.ClassNames[i], dataset.ClassNames[i], StringComparison.OrdinalIgnoreCase)
            )
            .ToArray();
        if (moved.Length > 0)
        {
            note(
                $"Class {moved[0]} is '{description.ClassNames[moved[0]]}' in '{path}' and '{dataset.ClassNames[moved[0]]}' in {dataset.Name}: if the "
                    + $"logits are in the order of the description, {moved.Length} classes are counted wrong."
            );
        }

        return dataset.ClassNames;
    }

    // Every sweep file has this key, and no description has it. What cannot be read is reported by whoever reads it.
    private static bool IsSweep(string path)
    {
        try
        {
            return File.ReadLines(path).Any(line => line.StartsWith("datasets:", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Same(Normalization a, Normalization b) =>
        a.Mean.SequenceEqual(b.Mean) && a.Std.SequenceEqual(b.Std);
}
