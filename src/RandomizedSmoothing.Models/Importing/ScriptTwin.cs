using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Architectures;
using RandomizedSmoothing.Models.Safetensors;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>
/// The network of the catalogue that a TorchScript file is a program of: faster, because its batch norms are folded and its
/// convolutions fused. Taken only where the person who gives the file names the architecture, every tensor has its place, and both
/// answer alike on noisy images of little, usual and much noise.
/// </summary>
internal static class ScriptTwin
{
    private const float Tolerance = 1e-4f;
    private const int ProbeImages = 8;
    private const double ProbeSigma = 0.25;
    private static readonly double[] Sigmas = [0.05, 0.25, 1, 3];

    /// <summary>The twin, or null where there is none and the program itself has to compute.</summary>
    /// <param name="path">A TorchScript file that takes the images.</param>
    /// <param name="spec">The model of the sweep file.</param>
    /// <param name="fit">What it has to fit.</param>
    /// <param name="device">Where the twin shall compute.</param>
    /// <param name="precision">Type of its weights and activations.</param>
    // Compared on the processor in single precision, so that all devices come to the same result.
    public static NativeClassifier? Find(string path, ModelSpec spec, ModelFit fit, Device device, Precision precision)
    {
        if (spec.Architecture is not { } name || ArchitectureCatalogue.Find(name) is not { } architecture)
        {
            return null;
        }

        using var script = new ScriptClassifier(
            jit.load<Tensor, Tensor>(path, CPU),
            spec.Normalize,
            CPU,
            Precision.Float32
        );
        var mapping = new StateMapping(StateOf(script, path), architecture);
        if (mapping.Normalization is not null && spec.Normalize is not null)
        {
            return null;
        }

        NativeClassifier Open(Device where, Precision type) =>
            new(mapping.Build(fit), mapping.Normalization ?? spec.Normalize, where, type);

        try
        {
            using var twin = Open(CPU, Precision.Float32);
            return Agree(script, twin, fit.Shape) ? Open(device, precision) : null;
        }
        catch (Exception e) when (e is UserErrorException or System.Runtime.InteropServices.ExternalException)
        {
            // Another network, or a program for batches of one size.
            return null;
        }
    }

    private static SafetensorsFile StateOf(ScriptClassifier script, string path)
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, script.State(), new Dictionary<string, string>());
        return SafetensorsFile.Parse(path, stream.ToArray());
    }

    private static bool Agree(ScriptClassifier script, NativeClassifier twin, ImageShape shape)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (images, noise) = Probes(shape);
        foreach (var sigma in Sigmas)
        {
            var input = images.Plus(noise.Times(sigma / ProbeSigma));
            var expected = script.Logits(input);
            var difference = (twin.Logits(input) - expected).abs().max().item<float>();
            if (!(difference <= Tolerance * (1 + expected.abs().max().item<float>())))
            {
                return false;
            }
        }

        return true;
    }

    // Images and normal noise, both the same on every machine.
    private static (Tensor Images, Tensor Noise) Probes(ImageShape shape)
    {
        var noise = new float[ProbeImages * shape.Dimension];
        new ExactGaussianSampler(ProbeSigma).Sample(new NoiseKey(1, 2, 3, 1), 0, new byte[shape.Dimension], noise);
        long[] size = [ProbeImages, shape.Channels, shape.Height, shape.Width];
        return (linspace(0, 1, noise.Length).reshape(size), tensor(noise, size));
    }
}
