using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
        var words = stackalloc uint[4 * Batch];
        var pending = stackalloc uint[3 * PendingRefinements.Capacity];
        var open = stackalloc ulong[2 * PairsAtOnce];
        var refinements = new PendingRefinements(pending);
        var next = new Group(0, 0, (uint)firstDraw);
        fixed (short* target = noise)
        {
            for (var remaining = (long)groupsPerDraw * (noise.Length / dimension); remaining > 0; )
            {
                var groups = (int)Math.Min(remaining, 2 * PairsAtOnce);
                remaining -= groups;
                Decide(curve, next, groups, key, philoxKey, firstDraw, target, noise.Length, dimension, open);
                for (var i = 0; i < groups; i++)
                {
                    var coordinate = next.Index * GroupSize;
                    var undecided = open[i];
                    if (dimension - coordinate < GroupSize)
                    {
                        undecided &= (1UL << (dimension - coordinate)) - 1;
                    }

                    refinements.Add(undecided, coordinate, next.Draw, next.Row * dimension + coordinate);
                    next = next.Next(groupsPerDraw);
                    while (refinements.Count >= Batch)
                    {
                        Refine(ref refinements, key.Image, refinementWord3, philoxKey, words, target);
                    }
                }
            }

            while (refinements.Count > 0)
            {
                Refine(ref refinements, key.Image, refinementWord3, philoxKey, words, target);
            }
        }
    }

    // Nothing is called in this loop, so that the curve stays in registers. A group that is cut short by the end of its draw runs
    // over into the next, which is written after it.
    [SkipLocalsInit]
    private static unsafe void Decide(
        PrefixCurve curve,
        Group next,
        int groups,
        NoiseKey key,
        ulong philoxKey,
        long firstDraw,
        short* noise,
        int length,
        int dimension,
        ulong* open
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
        for (var i = 0; i < groups; i += 2)
        {
            var first = next;
            var second = first.Next(groupsPerDraw);
            next = second.Next(groupsPerDraw);
            var (w0, w1, w2, w3) = Philox.Wide(
                Vector512.Create(first.Blocks, second.Blocks),
                Vector512.Create(Vector256.Create(first.Draw), Vector256.Create(second.Draw)),
                key.Image,
                word3,
                philoxKey
            );
            var (v0, open0) = PrefixCurve.Decide(w0, power0, power1, power2, power3, limit);
            var (v1, open1) = PrefixCurve.Decide(w1, power0, power1, power2, power3, limit);
            var (v2, open2) = PrefixCurve.Decide(w2, power0, power1, power2, power3, limit);
            var (v3, open3) = PrefixCurve.Decide(w3, power0, power1, power2, power3, limit);
            open[i] = LowHalves(open0, open1, open2, open3);
            open[i + 1] = LowHalves(open0 >> 16, open1 >> 16, open2 >> 16, open3 >> 16);
            var position = first.Row * dimension + first.Index * GroupSize;
            var room = length - position;
            var place = room >= GroupSize ? noise + position : apart;
            Store(place, v0.GetLower(), v1.GetLower(), v2.GetLower(), v3.GetLower());
            CopyFrom(place, noise + position, room);
            position = second.Row * dimension + second.Index * GroupSize;
            room = i + 1 < groups ? length - position : 0;
            place = room >= GroupSize ? noise + position : apart;
            Store(place, v0.GetUpper(), v1.GetUpper(), v2.GetUpper(), v3.GetUpper());
            CopyFrom(place, noise + position, room);
        }
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LowHalves(uint open0, uint open1, uint open2, uint open3) =>
        (open0 & 0xFFFF) | (open1 << 16) | ((ulong)((open2 & 0xFFFF) | (open3 << 16)) << 32);
}
