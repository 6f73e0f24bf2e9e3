using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RandomizedSmoothing.Core.Statistics;

/// <summary>
/// Philox4x32-10: a counter-based generator. A block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit
/// key, so any draw can be made anywhere, in any order.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); Random123.
/// </summary>
public static partial class Philox
{
    /// <summary>The number of blocks that <see cref="Blocks"/> makes at once.</summary>
    public const int BlocksAtOnce = 16;

    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>One block, in words.</summary>
    /// <param name="c0">Counter word 0.</param>
    /// <param name="c1">Counter word 1.</param>
    /// <param name="c2">Counter word 2.</param>
    /// <param name="c3">Counter word 3.</param>
    /// <param name="key">Key word 0 in the low half, key word 1 in the high half.</param>
    public static (uint W0, uint W1, uint W2, uint W3) Block(uint c0, uint c1, uint c2, uint c3, ulong key)
    {
        var k0 = (uint)key;
        var k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// Sixteen blocks that share counter words 2 and 3, in vector registers where there are any; the same bits as
    /// <see cref="Block"/> on every machine.
    /// </summary>
    /// <param name="c0">Counter word 0 of each block, 16 values.</param>
    /// <param name="c1">Counter word 1 of each block, 16 values.</param>
    /// <param name="c2">Counter word 2 of all.</param>
    /// <param name="c3">Counter word 3 of all.</param>
    /// <param name="key">The key of all.</param>
    /// <param name="words">64 words, word-major: word w of block j at 16 w + j.</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    [SkipLocalsInit]
    public static void Blocks(
        ReadOnlySpan<uint> c0,
        ReadOnlySpan<uint> c1,
        uint c2,
        uint c3,
        ulong key,
        Span<uint> words
    )
    {
        if (c0.Length < BlocksAtOnce || c1.Length < BlocksAtOnce || words.Length < 4 * BlocksAtOnce)
        {
            throw new ArgumentException("Sixteen counters and room for 64 words are needed.");
        }

        if (Avx2.IsSupported)
        {
            var keys = new KeySchedule(key);
            BlocksAt(Vector512.Create(c0), Vector512.Create(c1), c2, c3, ref keys, words);
        }
        else
        {
            Scalar(c0, c1, c2, c3, key, words);
        }
    }

    /// <summary>As <see cref="Blocks"/>, with counters that are vectors already.</summary>
    /// <param name="c0">Counter word 0 of each block.</param>
    /// <param name="c1">Counter word 1 of each block.</param>
    /// <param name="c2">Counter word 2 of all.</param>
    /// <param name="c3">Counter word 3 of all.</param>
    /// <param name="keys">The key of all.</param>
    /// <param name="words">64 words, word-major: word w of block j at 16 w + j.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void BlocksAt(
        Vector512<uint> c0,
        Vector512<uint> c1,
        uint c2,
        uint c3,
        ref readonly KeySchedule keys,
        Span<uint> words
    )
    {
        if (Avx512F.IsSupported)
        {
            var (w0, w1, w2, w3) = Wide(c0, c1, c2, c3, in keys);
            w0.CopyTo(words);
            w1.CopyTo(words[16..]);
            w2.CopyTo(words[32..]);
            w3.CopyTo(words[48..]);
        }
        else if (Avx2.IsSupported)
        {
            Narrow(c0.GetLower(), c1.GetLower(), c2, c3, keys.Key, words);
            Narrow(c0.GetUpper(), c1.GetUpper(), c2, c3, keys.Key, words[8..]);
        }
        else
        {
            Scalar(c0, c1, c2, c3, keys.Key, words);
        }
    }

    /// <summary>The plain form of <see cref="Blocks"/>: what the vector forms must equal bit by bit.</summary>
    internal static void Scalar(
        ReadOnlySpan<uint> c0,
        ReadOnlySpan<uint> c1,
        uint c2,
        uint c3,
        ulong key,
        Span<uint> words
    )
    {
        for (var j = 0; j < BlocksAtOnce; j++)
        {
            (words[j], words[16 + j], words[32 + j], words[48 + j]) = Block(c0[j], c1[j], c2, c3, key);
        }
    }

    private static void Scalar(Vector512<uint> c0, Vector512<uint> c1, uint c2, uint c3, ulong key, Span<uint> words)
    {
        Span<uint> first = stackalloc uint[BlocksAtOnce];
        Span<uint> second = stackalloc uint[BlocksAtOnce];
        c0.CopyTo(first);
        c1.CopyTo(second);
        Scalar(first, second, c2, c3, key, words);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Narrow(Vector256<uint> c0, Vector256<uint> c1, uint c2, uint c3, ulong key, Span<uint> words)
    {
        var m0 = Vector256.Create((ulong)Multiplier0).AsUInt32();
        var m1 = Vector256.Create((ulong)Multiplier1).AsUInt32();
        var a0 = c0.AsUInt64();
        var b0 = a0 >>> 32;
        var a1 = c1.AsUInt64();
        var b1 = a1 >>> 32;
        var a2 = Vector256.Create((ulong)c2);
        var b2 = a2;
        var a3 = Vector256.Create((ulong)c3);
        var b3 = a3;
        var k0 = (uint)key;
        var k1 = (uint)(key >> 32);
        for (var round = 0; round < Rounds; round++)
        {
            var key0 = Vector256.Create((ulong)k0);
            var key1 = Vector256.Create((ulong)k1);
            var p0 = Avx2.Multiply(a0.AsUInt32(), m0);
            var p1 = Avx2.Multiply(a2.AsUInt32(), m1);
            var r0 = Avx2.Multiply(b0.AsUInt32(), m0);
            var r1 = Avx2.Multiply(b2.AsUInt32(), m1);
            a0 = (p1 >>> 32) ^ a1 ^ key0;
            b0 = (r1 >>> 32) ^ b1 ^ key0;
            a1 = p1;
            b1 = r1;
            a2 = (p0 >>> 32) ^ a3 ^ key1;
            b2 = (r0 >>> 32) ^ b3 ^ key1;
            a3 = p0;
            b3 = r0;
            k0 += Weyl0;
            k1 += Weyl1;
        }

        var low = Vector256.Create(0xFFFFFFFFUL);
        ((a0 & low) | (b0 << 32)).AsUInt32().CopyTo(words);
        ((a1 & low) | (b1 << 32)).AsUInt32().CopyTo(words[16..]);
        ((a2 & low) | (b2 << 32)).AsUInt32().CopyTo(words[32..]);
        ((a3 & low) | (b3 << 32)).AsUInt32().CopyTo(words[48..]);
    }
}
