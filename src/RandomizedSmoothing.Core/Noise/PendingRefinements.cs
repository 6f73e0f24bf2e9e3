using System.Numerics;
using System.Runtime.CompilerServices;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Coordinates of the exact sampler whose prefix did not decide, waiting until a whole batch of blocks can be made for them. The
/// memory is the caller's: three times <see cref="Capacity"/>.
/// </summary>
internal unsafe struct PendingRefinements(uint* memory)
{
    /// <summary>More than what a pair of groups can add to a batch that is not yet full, with room for a whole batch of reads.</summary>
    public const int Capacity = 512 + 2 * Philox.BlocksAtOnce;

    private const int AtOnce = 4;

    /// <summary>Which coordinates.</summary>
    public readonly uint* Coordinates = memory;

    /// <summary>Of which draws, low 32 bits.</summary>
    public readonly uint* Draws = memory + Capacity;

    /// <summary>Where their values go.</summary>
    public readonly int* Positions = (int*)(memory + 2 * Capacity);

    /// <summary>How many wait.</summary>
    public int Count;

    /// <summary>Adds a coordinate of one group of 64 for each bit that is set.</summary>
    /// <param name="undecided">The bits.</param>
    /// <param name="coordinate">Coordinate of bit 0.</param>
    /// <param name="draw">Draw, low 32 bits.</param>
    /// <param name="position">Where the value of bit 0 goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong undecided, int coordinate, uint draw, int position)
    {
        // Four at a time, wanted or not: how many are wanted is random, and a loop that ends at random is foretold wrongly.
        var end = Count + BitOperations.PopCount(undecided);
        for (var at = Count; at < end; at += AtOnce)
        {
            for (var i = at; i < at + AtOnce; i++)
            {
                var bit = BitOperations.TrailingZeroCount(undecided);
                undecided &= undecided - 1;
                Coordinates[i] = (uint)(coordinate + bit);
                Draws[i] = draw;
                Positions[i] = position + bit;
            }
        }

        Count = end;
    }

    /// <summary>Adds coordinates of several groups, but for those past the end of a draw.</summary>
    /// <param name="places">Of each, the group's number times the size of a group, plus the coordinate in it.</param>
    /// <param name="count">How many, for which there must be room.</param>
    /// <param name="origins">Where the groups begin.</param>
    /// <param name="groupSize">Coordinates in a group.</param>
    /// <param name="dimension">Coordinates in a draw.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ushort* places, int count, Origin* origins, int groupSize, int dimension)
    {
        var end = Count;
        for (var i = 0; i < count; i++)
        {
            var (group, offset) = Math.DivRem((uint)places[i], (uint)groupSize);
            var origin = origins[group];
            Coordinates[end] = (uint)origin.Coordinate + offset;
            Draws[end] = origin.Draw;
            Positions[end] = origin.Position + (int)offset;
            end += Unsafe.BitCast<bool, byte>(origin.Coordinate + (int)offset < dimension);
        }

        Count = end;
    }

    /// <summary>Where a group begins.</summary>
    public struct Origin
    {
        /// <summary>Its first coordinate.</summary>
        public int Coordinate;

        /// <summary>Its draw, low 32 bits.</summary>
        public uint Draw;

        /// <summary>Where its first value goes.</summary>
        public int Position;
    }
}
