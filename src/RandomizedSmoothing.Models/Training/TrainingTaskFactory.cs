using System.Security.Cryptography;
using System.Text.Json;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;

namespace RandomizedSmoothing.Models.Training;

/// <summary>
/// Makes training tasks and their keys. The key is the SHA-256 of a canonical JSON object of everything that determines the
/// weights, so that a changed hyper-parameter retrains what depends on it and nothing else.
/// </summary>
public static class TrainingTaskFactory
{
    /// <summary>Raised whenever the same inputs would give other weights than before.</summary>
    private const int Scheme = 3;

    /// <summary>The task of training a model of a sweep.</summary>
    /// <param name="model">A model with an architecture and a training section.</param>
    /// <param name="dataset">The test images of the cell; the training split is found through the same specification.</param>
    /// <param name="trainingSplit">Digest and shape of the training split.</param>
    /// <param name="noise">Noise family; plays no part at sigma 0.</param>
    /// <param name="sigma">Training sigma, at least 0.</param>
    /// <param name="seed">Seed of initialisation, order and noise.</param>
    /// <exception cref="UserErrorException">
    /// No such architecture, recipe or option; a number outside its range; or images that do not fit the architecture.
    /// </exception>
    public static TrainingTask Create(
        ModelSpec model,
        DatasetSpec dataset,
        DatasetReference trainingSplit,
        string noise,
        double sigma,
        ulong seed
    )
    {
        if (model.Architecture is not { } architecture || model.Train is not { } recipe)
        {
            throw new UserErrorException(
                $"The model {model.Name} cannot be trained: it needs an architecture and a training section ('train')."
            );
        }

        RequireArchitecture(model, architecture, trainingSplit);
        RecipeCatalogue.Validate(model.Name, recipe);
        RequireBatch(model, recipe.BatchSize, trainingSplit.Shape);
        if (!(sigma >= 0) || !double.IsFinite(sigma))
        {
            throw new UserErrorException(
                $"The model {model.Name}: the training sigma is {sigma}, and must be at least 0."
            );
        }

        var task = new TrainingTask
        {
            Key = default,
            Dataset = TrainingSplitOf(dataset),
            DatasetHash = trainingSplit.Hash,
            Architecture = architecture,
            Recipe = recipe,
            Noise = sigma == 0 ? "gaussian" : noise,
            Sigma = sigma,
            Seed = seed,
        };
        return task with { Key = KeyOf(task) };
    }

    // A span holds at most 2³¹ bytes.
    private static void RequireBatch(ModelSpec model, int rows, ImageShape shape)
    {
        var most = int.MaxValue / sizeof(float) / shape.Dimension;
        if (rows > most)
        {
            throw new UserErrorException(
                $"The model {model.Name}: the option batchSize is {rows}, and of images of {shape} a batch can hold {most} at most. "
                    + "Lower train.batchSize."
            );
        }
    }

    /// <summary>The specification of the whole training split beside the images of a cell.</summary>
    public static DatasetSpec TrainingSplitOf(DatasetSpec dataset) =>
        dataset with
        {
            Split = "train",
            Skip = 1,
            Max = null,
        };

    /// <summary>The key that the fields of a task determine.</summary>
    public static ContentHash KeyOf(TrainingTask task)
    {
        var recipe = task.Recipe;
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("architecture", task.Architecture);
            writer.WriteNumber("batchSize", recipe.BatchSize);
            writer.WriteString("dataset", task.DatasetHash.Hex);
            writer.WriteNumber("epochs", recipe.Epochs);
            writer.WriteNumber("learningRate", recipe.LearningRate);
            writer.WriteNumber("maxImages", recipe.MaxImages ?? -1);
            writer.WriteString("noise", task.Noise);
            writer.WriteStartObject("options");
            foreach (var (name, value) in RecipeCatalogue.EffectiveOptions(recipe))
            {
                writer.WriteNumber(name, value);
            }

            writer.WriteEndObject();
            writer.WriteString("recipe", recipe.Recipe);
            writer.WriteNumber("scheme", Scheme);
            writer.WriteNumber("seed", task.Seed);
            writer.WriteNumber("sigma", task.Sigma);
            writer.WriteEndObject();
        }

        return new ContentHash(Convert.ToHexStringLower(SHA256.HashData(json.ToArray())));
    }

    private static void RequireArchitecture(ModelSpec model, string architecture, DatasetReference split)
    {
        if (ArchitectureCatalogue.Get(architecture).Misfit(split.Shape) is { } misfit)
        {
            throw new UserErrorException(
                $"The model {model.Name}: the architecture {architecture} cannot take the {split.Shape} images of {split.Name}: {misfit}."
            );
        }
    }
}
