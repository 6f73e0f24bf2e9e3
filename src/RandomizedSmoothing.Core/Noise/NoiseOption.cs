namespace RandomizedSmoothing.Core.Noise;

/// <summary>A parameter of a noise family that is written behind its name: <c>pareto-a10</c>.</summary>
/// <param name="Letter">The letter before the number.</param>
/// <param name="Default">The value where the name says nothing.</param>
/// <param name="Meaning">For people, with the range.</param>
/// <param name="IsValid">Whether a value is in range.</param>
public sealed record NoiseOption(char Letter, double Default, string Meaning, Func<double, bool> IsValid);
