using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Coordinates of the exact sampler whose prefix did not decide, waiting until a whole batch of blocks can be made for them.
/// </summary>
internal ref struct PendingRefinements(
    Span<uint> coordinates,
    Span<uint> draws,
    Span<int> positions,
    Span<short> prefixes
)
{
    /// <summary>What a pair of groups can add to a batch that is not yet full, with room for a whole batch of reads.</summary>
    public const int Capacity = 128 + 2 * Philox.BlocksAtOnce;

    public readonly Span<uint> Coordinates = coordinates;
    public readonly Span<uint> Draws = draws;
    public readonly Span<int> Positions = positions;
    public readonly Span<short> Prefixes = prefixes;
    public int Count;

    public void Add(uint coordinate, uint draw, int position, short prefix)
    {
        Coordinates[Count] = coordinate;
        Draws[Count] = draw;
        Positions[Count] = position;
        Prefixes[Count] = prefix;
        Count++;
    }
}
