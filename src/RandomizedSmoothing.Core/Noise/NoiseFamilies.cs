using System.Diagnostics.CodeAnalysis;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>The noise families there are. A new one is a file of its own and a line here.</summary>
public static class NoiseFamilies
{
    /// <summary>Every family, the default first.</summary>
    public static IReadOnlyList<NoiseFamily> All { get; } = [GaussianNoise.Definition];

    /// <summary>The family of a name, or null.</summary>
    public static NoiseFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);

    /// <summary>The distribution of a family at a level.</summary>
    /// <exception cref="UserErrorException">There is no such family, or it cannot have this level.</exception>
    public static NoiseDistribution Create(string name, double sigma)
    {
        var family = Find(name) ?? ThrowUnknown(name);
        return family.Create(sigma);
    }

    [DoesNotReturn]
    private static NoiseFamily ThrowUnknown(string name) =>
        throw new UserErrorException(
            $"There is no noise family '{name}'. Use one of: {string.Join(", ", All.Select(family => family.Name))}."
        );
}
