namespace RandomizedSmoothing.Core.Noise;

/// <summary>A kind of noise that sweep files can name.</summary>
/// <param name="Name">The name: lower-case letters, digits, hyphens; options are part of it.</param>
/// <param name="Summary">One line for people: distribution and norm.</param>
/// <param name="Level">What the sigma of a sweep file means for this family.</param>
/// <param name="Create">The distribution at a level; throws <see cref="UserErrorException"/> where the level cannot be.</param>
public sealed record NoiseFamily(string Name, string Summary, string Level, Func<double, NoiseDistribution> Create)
{
    /// <summary>The meaning of sigma in most families.</summary>
    internal const string StandardDeviation = "standard deviation of each coordinate, in [0,1] pixel units";

    // A level that every family can have: flips of coordinates must stay below one half.
    private const double AnyLevel = 0.25;

    /// <summary>Parameters that may be written behind the name, as in <c>pareto-a10</c>.</summary>
    public IReadOnlyList<NoiseOption> Options { get; init; } = [];

    /// <summary>The norm of its radii, at every level.</summary>
    public Norm DefaultNorm => Create(AnyLevel).DefaultNorm;

    /// <summary>The distribution at a level, <see cref="NoNoise"/> at 0.</summary>
    /// <exception cref="UserErrorException">The family cannot have this level.</exception>
    public NoiseDistribution At(double sigma) =>
        sigma == 0 ? new NoNoise(Name, Create(AnyLevel).SupportedNorms) : Create(sigma);

    /// <summary>The distribution at a level with every option given; null without options.</summary>
    public Func<double, IReadOnlyDictionary<char, double>, NoiseDistribution>? CreateWith { get; init; }
}
