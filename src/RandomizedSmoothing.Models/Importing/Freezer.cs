using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Devices;
using RandomizedSmoothing.Models.Freezing;
using RandomizedSmoothing.Models.Inference;
using RandomizedSmoothing.Models.Onnx;
using RandomizedSmoothing.Models.Scripts;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>
/// Freezes the programs of model files as base classifiers: the work of <c>torch.jit.freeze</c>, which TorchSharp does not wrap,
/// done on the files themselves, so that every platform comes to the same network.
/// </summary>
/// <param name="spec">The model of the sweep file.</param>
/// <param name="fit">What it has to fit.</param>
/// <param name="device">Where it shall compute.</param>
/// <param name="precision">Type of weights and activations.</param>
internal sealed class Freezer(ModelSpec spec, ModelFit fit, Device device, Precision precision)
{
    /// <summary>A TorchScript file frozen, or why its program has to compute itself.</summary>
    /// <param name="path">An archive that <see cref="ScriptArchive"/> found whole.</param>
    public (FrozenClassifier? Classifier, string? Obstacle) Script(string path)
    {
        try
        {
            using var file = new ScriptFile(path);
            var values = new ScriptValues(file);
            return Freeze(
                trace => ScriptRun.Record(file, values, trace),
                () => ScriptClassifier.Reference(path, spec.Normalize)
            );
        }
        catch (NotFreezableException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>An ONNX file frozen, or why ONNX Runtime has to compute it.</summary>
    public (FrozenClassifier? Classifier, string? Obstacle) Onnx(OnnxFile file)
    {
        var values = new OnnxValues(file);
        return Freeze(
            trace => OnnxRun.Record(file, values, trace),
            () => new OnnxClassifier(file, spec.Normalize, fit)
        );
    }

    // Compared on the processor in single precision, so that all devices come to the same result.
    private (FrozenClassifier? Classifier, string? Obstacle) Freeze(
        Func<Trace, int> record,
        Func<BaseClassifier> reference
    )
    {
        FrozenGraph? graph = null;
        try
        {
            graph = FrozenGraph.Of(fit.Shape, record);
            using var frozen = new FrozenClassifier(graph, spec.Normalize, Arithmetic.Of(CPU, Precision.Float32));
            using var program = reference();
            if (!SameAnswers.Between(program, frozen, fit.Shape))
            {
                graph.Dispose();
                return (null, "its answers frozen, which differ from its own");
            }
        }
        catch (Exception e)
            when (e
                    is NotFreezableException
                        or System.Runtime.InteropServices.ExternalException
                        or ArgumentException
                        or InvalidOperationException
                        or OverflowException
                && !DeviceFault.Is(e)
            )
        {
            graph?.Dispose();
            return (null, ModelLoader.FirstLine(e));
        }

        // What fails from here on is the device's fault, and no reason to compute otherwise.
        using (graph)
        {
            return (new FrozenClassifier(graph, spec.Normalize, Arithmetic.Of(device, precision)), null);
        }
    }
}
