using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RandomizedSmoothing.Core.Statistics;

/// <content>Sixteen blocks in registers of 512 bits.</content>
public static partial class Philox
{
    /// <summary>As <see cref="Blocks"/> from vectors to vectors: word w of block j in lane j of the w-th. Needs AVX-512.</summary>
    // Even blocks in one register and odd blocks in another: the widening multiplication reads only low halves of 64-bit lanes, so
    // what the high halves hold never matters.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<uint> W0, Vector512<uint> W1, Vector512<uint> W2, Vector512<uint> W3) Wide(
        Vector512<uint> c0,
        Vector512<uint> c1,
        uint c2,
        uint c3,
        ref readonly KeySchedule keys
    )
    {
        var a = new Half(c0.AsUInt64(), c1.AsUInt64(), Vector512.Create((ulong)c2), Vector512.Create((ulong)c3));
        var b = a with { X0 = High(a.X0), X1 = High(a.X1) };
        Round(ref a, ref b, in keys[0], in keys[1]);
        Round(ref a, ref b, in keys[2], in keys[3]);
        Round(ref a, ref b, in keys[4], in keys[5]);
        Round(ref a, ref b, in keys[6], in keys[7]);
        Round(ref a, ref b, in keys[8], in keys[9]);
        Round(ref a, ref b, in keys[10], in keys[11]);
        Round(ref a, ref b, in keys[12], in keys[13]);
        Round(ref a, ref b, in keys[14], in keys[15]);
        Round(ref a, ref b, in keys[16], in keys[17]);
        Round(ref a, ref b, in keys[18], in keys[19]);
        return (Join(a.X0, b.X0), Join(a.X1, b.X1), Join(a.X2, b.X2), Join(a.X3, b.X3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Join(Vector512<ulong> even, Vector512<ulong> odd) =>
        ((even & Vector512.Create(0xFFFFFFFFUL)) | (odd << 32)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref Half even, ref Half odd, ref readonly ulong key0, ref readonly ulong key1)
    {
        var k0 = Vector512.Create(key0);
        var k1 = Vector512.Create(key1);
        (even, odd) = (even.Round(k0, k1), odd.Round(k0, k1));
    }

    // As a shift by 32 as far as low halves go, and on more ports.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> High(Vector512<ulong> product) =>
        Avx512F.Shuffle(product.AsUInt32(), 0b_11_11_01_01).AsUInt64();

    /// <summary>The words of eight blocks, each in the low half of a lane.</summary>
    private readonly record struct Half(
        Vector512<ulong> X0,
        Vector512<ulong> X1,
        Vector512<ulong> X2,
        Vector512<ulong> X3
    )
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Half Round(Vector512<ulong> key0, Vector512<ulong> key1)
        {
            var p0 = Avx512F.Multiply(X0.AsUInt32(), Vector512.Create((ulong)Multiplier0).AsUInt32());
            var p1 = Avx512F.Multiply(X2.AsUInt32(), Vector512.Create((ulong)Multiplier1).AsUInt32());
            return new Half(High(p1) ^ X1 ^ key0, p1, High(p0) ^ X3 ^ key1, p0);
        }
    }

    /// <summary>The keys of all rounds, two a round, so that a loop over blocks makes them once.</summary>
    [InlineArray(2 * Rounds)]
    internal struct KeySchedule
    {
        private ulong _first;

        /// <summary>The key of the first round.</summary>
        public readonly ulong Key => this[0] | (this[1] << 32);

        /// <param name="key">The key of the first round.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public KeySchedule(ulong key)
        {
            var k0 = (uint)key;
            var k1 = (uint)(key >> 32);
            for (var round = 0; round < Rounds; round++)
            {
                this[2 * round] = k0;
                this[2 * round + 1] = k1;
                k0 += Weyl0;
                k1 += Weyl1;
            }
        }
    }
}
