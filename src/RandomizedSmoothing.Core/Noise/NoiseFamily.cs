namespace RandomizedSmoothing.Core.Noise;

/// <summary>A kind of noise that sweep files can name.</summary>
/// <param name="Name">The name: lower-case letters, digits, hyphens.</param>
/// <param name="Summary">One line for people: distribution and norm.</param>
/// <param name="Level">What the sigma of a sweep file means for this family.</param>
/// <param name="Create">The distribution at a level; throws <see cref="UserErrorException"/> where the level cannot be.</param>
public sealed record NoiseFamily(string Name, string Summary, string Level, Func<double, NoiseDistribution> Create);
