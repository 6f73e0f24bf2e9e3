using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Noise;

/// <content>The path of processors with registers of 512 bits: from counters to values nothing leaves them.</content>
public sealed partial class ExactGaussianSampler
{
    private const int PairsAtOnce = 32;

    [SkipLocalsInit]
    private unsafe void FillByCurve(
        PrefixCurve curve,
        NoiseKey key,
        ulong philoxKey,
        long firstDraw,
        Span<short> noise,
        int dimension
    )
    {
        var groupsPerDraw = (dimension + GroupSize - 1) / GroupSize;
        var refinementWord3 = key.CounterWord3(firstDraw, RefinementDomain);
        var keys = new Philox.KeySchedule(philoxKey);
        var words = stackalloc uint[4 * Batch];
        var pending = stackalloc uint[3 * PendingRefinements.Capacity];
        var origins = stackalloc PendingRefinements.Origin[2 * PairsAtOnce];
        var open = stackalloc ushort[2 * PairsAtOnce * GroupSize + Vector512<ushort>.Count];
        var refinements = new PendingRefinements(pending);
        var next = new Group(0, 0, (uint)firstDraw);
        fixed (short* target = noise)
        {
            for (var remaining = (long)groupsPerDraw * (noise.Length / dimension); remaining > 0; )
            {
                var groups = (int)Math.Min(remaining, 2 * PairsAtOnce);
                remaining -= groups;
                var count = Decide(
                    curve,
                    ref next,
                    groups,
                    key,
                    ref keys,
                    firstDraw,
                    target,
                    noise.Length,
                    dimension,
                    origins,
                    open
                );
                for (var from = 0; from < count; )
                {
                    var to = Math.Min(count, from + PendingRefinements.Capacity - refinements.Count);
                    refinements.Add(open + from, to - from, origins, GroupSize, dimension);
                    from = to;
                    while (refinements.Count >= Batch)
                    {
                        Refine(ref refinements, key.Image, refinementWord3, ref keys, words, target);
                    }
                }
            }

            while (refinements.Count > 0)
            {
                Refine(ref refinements, key.Image, refinementWord3, ref keys, words, target);
            }
        }
    }

    // Nothing is called in this loop, so that the curve stays in registers. A group that is cut short by the end of its draw runs
    // over into the next, which is written after it. Writes where the groups begin, and the places in them that are open: 64 times
    // the group's number plus the coordinate in it. Returns how many those are.
    [SkipLocalsInit]
    private static unsafe int Decide(
        PrefixCurve curve,
        ref Group from,
        int groups,
        NoiseKey key,
        ref readonly Philox.KeySchedule keys,
        long firstDraw,
        short* noise,
        int length,
        int dimension,
        PendingRefinements.Origin* origins,
        ushort* open
    )
    {
        var groupsPerDraw = (dimension + GroupSize - 1) / GroupSize;
        var word3 = key.CounterWord3(firstDraw, PrefixDomain);
        var apart = stackalloc short[GroupSize];
        var power0 = curve.Powers[0];
        var power1 = curve.Powers[1];
        var power2 = curve.Powers[2];
        var power3 = curve.Powers[3];
        var limit = curve.Limit;
        var lower = Vector512.Create(Vector256<uint>.AllBitsSet, Vector256<uint>.Zero);
        var blocks = Vector512.Create(Vector256<uint>.Indices, Vector256<uint>.Indices);

        // Of a pair of groups, the second in the upper half.
        var places = Vector512.Create(
            Vector256<ushort>.Indices,
            Vector256<ushort>.Indices + Vector256.Create((ushort)GroupSize)
        );
        var next = from;
        var end = open;
        for (var i = 0; i < groups; i += 2)
        {
            var first = next;
            var second = first.Next(groupsPerDraw);
            next = second.Next(groupsPerDraw);
            var (w0, w1, w2, w3) = Philox.Wide(
                Vector512.ConditionalSelect(
                    lower,
                    Vector512.Create(8 * (uint)first.Index),
                    Vector512.Create(8 * (uint)second.Index)
                ) + blocks,
                Vector512.ConditionalSelect(lower, Vector512.Create(first.Draw), Vector512.Create(second.Draw)),
                key.Image,
                word3,
                in keys
            );
            var (v0, open0) = PrefixCurve.Decide(w0, power0, power1, power2, power3, limit);
            var (v1, open1) = PrefixCurve.Decide(w1, power0, power1, power2, power3, limit);
            var (v2, open2) = PrefixCurve.Decide(w2, power0, power1, power2, power3, limit);
            var (v3, open3) = PrefixCurve.Decide(w3, power0, power1, power2, power3, limit);
            end = Append(end, open0, places);
            end = Append(end, open1, places + Vector512.Create((ushort)16));
            end = Append(end, open2, places + Vector512.Create((ushort)32));
            end = Append(end, open3, places + Vector512.Create((ushort)48));
            places += Vector512.Create((ushort)(2 * GroupSize));

            var position = first.Row * dimension + first.Index * GroupSize;
            origins[i].Coordinate = first.Index * GroupSize;
            origins[i].Draw = first.Draw;
            origins[i].Position = position;
            var room = length - position;
            var place = room >= GroupSize ? noise + position : apart;
            Store(place, v0.GetLower(), v1.GetLower(), v2.GetLower(), v3.GetLower());
            CopyFrom(place, noise + position, room);
            position = second.Row * dimension + second.Index * GroupSize;
            origins[i + 1].Coordinate = i + 1 < groups ? second.Index * GroupSize : dimension;
            origins[i + 1].Draw = second.Draw;
            origins[i + 1].Position = position;
            room = i + 1 < groups ? length - position : 0;
            place = room >= GroupSize ? noise + position : apart;
            Store(place, v0.GetUpper(), v1.GetUpper(), v2.GetUpper(), v3.GetUpper());
            CopyFrom(place, noise + position, room);
        }

        from = next;
        return (int)(end - open);
    }

    // Writes the places that are open, whole registers at a time: how many there are is random, and a loop that ends at random is
    // foretold wrongly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ushort* Append(ushort* end, Vector512<short> open, Vector512<ushort> places)
    {
        var bits = open.ExtractMostSignificantBits();
        if (Avx512Vbmi2.IsSupported)
        {
            Avx512Vbmi2.Compress(Vector512<ushort>.Zero, open.AsUInt16(), places).Store(end);
            return end + BitOperations.PopCount(bits);
        }

        for (; bits != 0; bits &= bits - 1)
        {
            *end++ = places[BitOperations.TrailingZeroCount(bits)];
        }

        return end;
    }

    // To the end of the noise, where a whole group would not fit; not Span.CopyTo, which is a call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void CopyFrom(short* apart, short* noise, int room)
    {
        for (var i = 0; room < GroupSize && i < room; i++)
        {
            noise[i] = apart[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store(
        short* place,
        Vector256<short> v0,
        Vector256<short> v1,
        Vector256<short> v2,
        Vector256<short> v3
    )
    {
        v0.Store(place);
        v1.Store(place + 16);
        v2.Store(place + 32);
        v3.Store(place + 48);
    }
}
