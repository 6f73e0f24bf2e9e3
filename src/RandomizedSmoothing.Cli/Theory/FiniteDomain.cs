using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Cli.Theory;

/// <summary>A finite domain with its noise, as a command asks about it.</summary>
/// <param name="LevelName">What the noise level is, for axes: <c>radius</c>, <c>flip probability</c>, <c>noise probability</c>.</param>
/// <param name="Level">The level asked for.</param>
/// <param name="Levels">The levels of a sweep, ascending.</param>
/// <param name="KernelAt">The noise at a level.</param>
/// <param name="Shape">How the points follow each other, for the transfer method.</param>
internal sealed record FiniteDomain(
    string LevelName,
    ExactFraction Level,
    IReadOnlyList<ExactFraction> Levels,
    Func<ExactFraction, SmoothingKernel> KernelAt,
    DomainShape Shape
)
{
    /// <summary>The number of bits of a hypercube under bit flips; null elsewhere.</summary>
    public int? FlippedBits { get; init; }
}

/// <summary>How the points of a domain follow each other.</summary>
internal enum DomainShape
{
    Line,
    Circle,
    Other,
}
