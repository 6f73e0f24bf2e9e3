using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Sweeps;
using static TorchSharp.torch;

namespace RandomizedSmoothing.Models.Importing;

/// <summary>Whether two ways to compute a base classifier answer alike, on noisy images of little, usual and much noise.</summary>
internal static class SameAnswers
{
    private const float Tolerance = 1e-4f;
    private const int ProbeImages = 8;
    private const double ProbeSigma = 0.25;
    private static readonly double[] Sigmas = [0.05, 0.25, 1, 3];

    /// <summary>Whether no logit differs by more than 1e-4 of the largest: those of some models are small.</summary>
    /// <param name="reference">On the processor in single precision.</param>
    /// <param name="other">Likewise.</param>
    /// <param name="shape">Of the images.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">One of them refuses the images.</exception>
    public static bool Between(BaseClassifier reference, BaseClassifier other, ImageShape shape)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (images, noise) = Probes(shape);
        foreach (var sigma in Sigmas)
        {
            var input = images.Plus(noise.Times(sigma / ProbeSigma));
            var expected = reference.Logits(input);
            var difference = LogitDifference.Between(other.Logits(input), expected);
            if (!(difference <= Tolerance * LogitDifference.Scale(expected)))
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
