using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Cli.Calc;

/// <summary>Whether a radius depends on the number of coordinates, and so needs it to be given.</summary>
internal static class Dimensions
{
    private const int Some = 784;
    private const int Another = 3072;
    private static readonly double[] Probes = [0.6, 0.9, 0.99, 0.9999];

    /// <summary>The number of coordinates to compute with.</summary>
    /// <exception cref="UserErrorException">It is needed and not given, or too large.</exception>
    public static int Choose(NoiseDistribution noise, Norm norm, long? given)
    {
        if (given is > int.MaxValue)
        {
            throw new UserErrorException($"--dimension is {given}: an image has at most {int.MaxValue} coordinates.");
        }

        if (given is { } dimension)
        {
            return (int)dimension;
        }

        if (noise.Lambda(Some) == noise.Lambda(Another) && Probes.All(p => IsEqual(noise, norm, p)))
        {
            return Another;
        }

        throw new UserErrorException(
            $"The {Norms.NameOf(norm)} radius of {noise.Family} noise, {noise.Formula(norm)}, depends on the number of coordinates. Give --dimension: 784 for MNIST, 3072 for CIFAR-10, 150528 for ImageNet."
        );
    }

    private static bool IsEqual(NoiseDistribution noise, Norm norm, double p)
    {
        var bound = ProbabilityBound.FromLower(p);
        return noise.Radius(bound, norm, Some) == noise.Radius(bound, norm, Another);
    }
}
