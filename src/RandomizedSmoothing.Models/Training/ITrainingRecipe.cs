using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Training;

/// <summary>What one step of training minimises.</summary>
internal interface ITrainingRecipe
{
    /// <summary>The name used in sweep files.</summary>
    string Name { get; }

    /// <summary>Its own numbers.</summary>
    IReadOnlyList<RecipeOption> Options { get; }

    /// <summary>The loss of a batch and, for the record, the logits of one noisy copy of each image.</summary>
    (Tensor Loss, Tensor Logits) Loss(TrainingStep step);
}

/// <summary>Gaussian data augmentation (Cohen, Rosenfeld, Kolter 2019, section 3.3): cross entropy of one noisy copy.</summary>
internal sealed class GaussianRecipe : ITrainingRecipe
{
    public string Name => "gaussian";

    public IReadOnlyList<RecipeOption> Options => [];

    public (Tensor Loss, Tensor Logits) Loss(TrainingStep step)
    {
        var logits = step.Network.forward(step.Noisy(0));
        return (nn.functional.cross_entropy(logits, step.Labels), logits);
    }
}
