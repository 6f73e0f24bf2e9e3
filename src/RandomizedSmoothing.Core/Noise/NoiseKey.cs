using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Names one image's sequence of noise draws. With the number of a draw and a coordinate it determines the noise completely,
/// whatever worker, batch, shard or retry makes it; sigma and model are no part of it, so they are compared under common random
/// numbers.
/// </summary>
/// <remarks>
/// Layout (never changes: stored votes depend on it). The Philox key is words 0 and 1 of
/// <c>Philox(counter = (dataset low, dataset high, "rsmo", 1), key = seed)</c>. The counter of a block is
/// word 0: block within the draw; word 1: draw, low 32 bits; word 2: image index; word 3: stream (bits 31–24), domain (23–16),
/// draw, bits 47–32 (15–0). Distinct (image, stream, draw, domain, block) never share a counter.
/// </remarks>
/// <param name="Seed">Seed of the sweep.</param>
/// <param name="Dataset">64 bits that stand for the data set, see <see cref="Create"/>.</param>
/// <param name="Image">Index of the image in its split.</param>
/// <param name="Stream">Which of the image's sequences: the number of a <see cref="DrawStream"/>, or 2 and above elsewhere.</param>
public readonly record struct NoiseKey(ulong Seed, ulong Dataset, uint Image, byte Stream)
{
    /// <summary>The number of draws that one key can tell apart: 2⁴⁸.</summary>
    public const long MaxDraws = 1L << 48;

    private const uint Tag = 0x72736D6F;
    private const uint LayoutVersion = 1;

    /// <summary>The key of an image of a data set, whose 64 bits are the first 8 bytes of SHA-256 over the hash's text.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="imageIndex"/> is negative.</exception>
    public static NoiseKey Create(ulong seed, ContentHash dataset, int imageIndex, DrawStream stream)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(imageIndex);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(dataset.Hex), digest);
        return new NoiseKey(seed, BinaryPrimitives.ReadUInt64LittleEndian(digest), (uint)imageIndex, (byte)stream);
    }

    /// <summary>The Philox key.</summary>
    internal ulong PhiloxKey()
    {
        var (w0, w1, _, _) = Philox.Block((uint)Dataset, (uint)(Dataset >> 32), Tag, LayoutVersion, Seed);
        return w0 | ((ulong)w1 << 32);
    }

    /// <summary>Counter word 3 of a draw.</summary>
    internal uint CounterWord3(long draw, byte domain) =>
        ((uint)Stream << 24) | ((uint)domain << 16) | (uint)((draw >> 32) & 0xFFFF);
}
