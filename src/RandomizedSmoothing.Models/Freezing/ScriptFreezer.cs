using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Freezing;

/// <summary>Freezes TorchScript files as base classifiers.</summary>
internal static class ScriptFreezer
{
    /// <summary>The frozen program, or why its program has to compute itself.</summary>
    /// <param name="path">A TorchScript file that takes the images.</param>
    /// <param name="spec">The model of the sweep file.</param>
    /// <param name="shape">Of the images.</param>
    /// <param name="device">Where it shall compute.</param>
    /// <param name="precision">Type of weights and activations.</param>
    // Compared on the processor in single precision, so that all devices come to the same result.
    public static (FrozenClassifier? Classifier, string? Obstacle) Freeze(
        string path,
        ModelSpec spec,
        ImageShape shape,
        Device device,
        Precision precision
    )
    {
        try
        {
            using var graph = FrozenGraph.Of(path, shape);
            using var frozen = new FrozenClassifier(graph, spec.Normalize, CPU, Precision.Float32);
            using var script = ScriptClassifier.Reference(path, spec.Normalize);
            return SameAnswers.Between(script, frozen, shape)
                ? (new FrozenClassifier(graph, spec.Normalize, device, precision), null)
                : (null, "its answers frozen, which differ from its own");
        }
        catch (Exception e)
            when (e is NotFreezableException or System.Runtime.InteropServices.ExternalException or ArgumentException)
        {
            return (null, ModelLoader.FirstLine(e));
        }
    }
}
