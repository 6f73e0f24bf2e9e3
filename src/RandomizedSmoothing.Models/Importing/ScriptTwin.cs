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
    private const int ImagesPerSigma = 8;
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

        using var scope = NewDisposeScope();
        using var _ = no_grad();
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
            return Array.TrueForAll(Sigmas, sigma => Agree(script, twin, fit, sigma)) ? Open(device, precision) : null;
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

    private static bool Agree(ScriptClassifier script, NativeClassifier twin, ModelFit fit, double sigma)
    {
        var shape = fit.Shape;
        var image = new byte[shape.Dimension];
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = (byte)(i * 255L / image.Length);
        }

        var noisy = new float[ImagesPerSigma * shape.Dimension];
        new ExactGaussianSampler(sigma).Sample(new NoiseKey(1, 2, 3, 1), 0, image, noisy);
        var input = tensor(noisy, [ImagesPerSigma, shape.Channels, shape.Height, shape.Width]);
        var expected = script.Logits(input);
        var scale = 1 + expected.abs().max().item<float>();
        return (twin.Logits(input) - expected).abs().max().item<float>() <= Tolerance * scale;
    }
}
