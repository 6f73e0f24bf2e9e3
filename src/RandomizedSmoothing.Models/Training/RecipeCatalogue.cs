using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Models.Training;

/// <summary>A number that a recipe takes.</summary>
/// <param name="Name">Its name in the sweep file.</param>
/// <param name="Default">Its value where the file does not give it.</param>
/// <param name="Least">The least value, inclusive.</param>
/// <param name="Most">The greatest value, inclusive.</param>
/// <param name="Meaning">For people.</param>
public sealed record RecipeOption(string Name, double Default, double Least, double Most, string Meaning);

/// <summary>The training recipes there are. A new one is a file of its own and a line here.</summary>
public static class RecipeCatalogue
{
    private static readonly RecipeOption[] Shared =
    [
        new("momentum", 0.9, 0, 0.999, "momentum of SGD"),
        new("weightDecay", 1e-4, 0, 1, "weight decay of SGD"),
        new(
            "stepEpochs",
            0,
            0,
            100_000,
            "multiply the learning rate by stepFactor every so many epochs; 0: cosine to zero"
        ),
        new("stepFactor", 0.1, 0, 1, "factor of the step schedule"),
        new("warmup", 0.5, 0, 1000, "epochs in which the learning rate grows from 0 to its value"),
        new("clipNorm", 1, 0, 1e9, "scale gradients of a greater norm down to it; 0: leave them"),
        new("crop", 0, 0, 16, "random crops after padding by so many pixels"),
        new(
            "resizedCrop",
            0,
            0,
            1,
            "random parts of at least this share of the area, scaled to the whole image, as 0.08 for ImageNet; 0: none"
        ),
        new("flip", 0, 0, 1, "1: mirror half of the images"),
        new("mixedPrecision", 2, 0, 2, "bfloat16 with weights in single precision; 0: never, 1: always, 2: on a GPU"),
    ];

    private static readonly ITrainingRecipe[] Recipes =
    [
        new GaussianRecipe(),
        new ConsistencyRecipe(),
        new SmoothAdvRecipe(),
        new MacerRecipe(),
        new StabilityRecipe(),
    ];

    /// <summary>Their names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Recipes.Select(r => r.Name)];

    /// <summary>The numbers that a recipe takes, shared ones first.</summary>
    /// <exception cref="UserErrorException">There is no such recipe.</exception>
    public static IReadOnlyList<RecipeOption> OptionsOf(string recipe) => [.. Shared, .. Get(recipe).Options];

    /// <summary>Checks a training section.</summary>
    /// <exception cref="UserErrorException">No such recipe or option, or a number outside its range.</exception>
    public static void Validate(string model, TrainSpec spec)
    {
        var options = OptionsOf(spec.Recipe);
        foreach (var (name, value) in spec.Options)
        {
            var option = options.FirstOrDefault(o => o.Name == name);
            if (option is null)
            {
                throw new UserErrorException(
                    $"The model {model}: the recipe {spec.Recipe} has no option '{name}'. It takes: "
                        + $"{string.Join(", ", options.Select(o => $"{o.Name} ({o.Meaning})"))}."
                );
            }

            if (!(value >= option.Least && value <= option.Most))
            {
                throw new UserErrorException(
                    $"The model {model}: the option {name} of the recipe {spec.Recipe} is {value}, and must be from {option.Least} to "
                        + $"{option.Most} ({option.Meaning})."
                );
            }
        }

        Require(model, "epochs", spec.Epochs, 1, 100_000);
        Require(model, "batchSize", spec.BatchSize, 1, 65_536);
        Require(model, "learningRate", spec.LearningRate, 1e-9, 100);
        Require(model, "maxImages", spec.MaxImages ?? 1, 1, int.MaxValue);
    }

    internal static ITrainingRecipe Get(string name) =>
        Array.Find(Recipes, r => r.Name == name)
        ?? throw new UserErrorException(
            $"There is no training recipe '{name}'. Use one of: {string.Join(", ", Names)}."
        );

    /// <summary>Every option with its value, in order of names.</summary>
    internal static IReadOnlyList<KeyValuePair<string, double>> EffectiveOptions(TrainSpec spec) =>
        [
            .. OptionsOf(spec.Recipe)
                .OrderBy(o => o.Name, StringComparer.Ordinal)
                .Select(o => KeyValuePair.Create(o.Name, spec.Options.GetValueOrDefault(o.Name, o.Default))),
        ];

    private static void Require(string model, string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new UserErrorException(
                $"The model {model}: train.{name} is {value}, and must be from {least} to {most}."
            );
        }
    }
}
