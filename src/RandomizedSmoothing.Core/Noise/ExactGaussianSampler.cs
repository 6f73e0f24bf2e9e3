using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Gaussian noise rounded to the 1/255 grid, drawn as integers by inverse cdf: the same integers on every machine, and free of
/// the floating-point flaw that makes published certificates false (Voráček, Hein 2023, "Sound randomized smoothing in
/// floating-point arithmetics"). Rounding is part of the classifier: x + round(ε) = round(x + ε) for x on the grid.
/// </summary>
/// <remarks>
/// <para>Clipping is part of the classifier, too. Noisy values are clipped to [−C, 255 + C], C = ⌈6σ·255⌉, after the addition,
/// so that they are a function of x + ε alone; the noise itself stops at ±(C + 255), which changes no clipped sum.</para>
/// <para>Layout: draws are made in groups of 64 coordinates from 8 Philox blocks; coordinate 64 g + 16 w + 2 j + h takes half h
/// (0 = low) of word w of block 8 g + j, domain 0. The half's top bit is the sign, its other 15 bits lead the magnitude's
/// uniform integer. Where they do not decide, 64 more bits come from domain 1, block = coordinate: word 0, then word 1.</para>
/// </remarks>
public sealed class ExactGaussianSampler : NoiseSampler
{
    private const int GroupSize = 64;
    private const int Batch = Philox.BlocksAtOnce;
    private const byte PrefixDomain = 0;
    private const byte RefinementDomain = 1;

    private readonly GaussianThresholds _thresholds;
    private readonly short[] _byPrefix;

    /// <param name="sigma">Standard deviation in [0, 1] pixel units, in (0, 20].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sigma"/> is outside its range.</exception>
    public ExactGaussianSampler(double sigma)
    {
        if (!(sigma is > 0 and <= 20))
        {
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "The exact sampler takes a sigma in (0, 20].");
        }

        Sigma = sigma;
        Clip = ClipOf(sigma);
        _thresholds = new GaussianThresholds(sigma, Clip + 255);
        _byPrefix = _thresholds.ByPrefix;
    }

    /// <summary>Standard deviation in [0, 1] pixel units.</summary>
    public double Sigma { get; }

    /// <summary>C: noisy values lie in [−C, 255 + C].</summary>
    public int Clip { get; }

    /// <summary>The largest magnitude of the noise itself, C + 255.</summary>
    public int MaxMagnitude => _thresholds.MaxMagnitude;

    /// <inheritdoc />
    public override bool IsExact => true;

    /// <summary>
    /// Bound on the total variation distance, per coordinate, between the integers drawn (from ideal random bits) and the exact
    /// rounded Gaussian: rounding of the thresholds to 79 bits. A certificate deducts it from p_A, times the dimension.
    /// </summary>
    public double ErrorPerCoordinate => ErrorOf(Sigma);

    /// <summary><see cref="ErrorPerCoordinate"/> of the sampler at a level, without building it.</summary>
    internal static double ErrorOf(double sigma) => GaussianThresholds.ErrorOf(ClipOf(sigma) + 255);

    /// <summary>The probability that a coordinate of the noise is <paramref name="value"/>, as drawn.</summary>
    public double Probability(int value)
    {
        var magnitude = Math.Abs(value);
        if (magnitude > MaxMagnitude)
        {
            return 0;
        }

        var probability = _thresholds.Probability(magnitude);
        return value == 0 ? probability : 0.5 * probability;
    }

    /// <summary>Fills <paramref name="noise"/> with consecutive draws, in units of 1/255.</summary>
    /// <param name="key">Names the image's sequence.</param>
    /// <param name="firstDraw">Number of the first draw; with all draws of the call in [0, 2⁴⁸).</param>
    /// <param name="noise">draws × <paramref name="dimension"/>, row-major.</param>
    /// <param name="dimension">Number of coordinates, at least 1.</param>
    /// <exception cref="ArgumentException"><paramref name="noise"/> is no whole number of draws.</exception>
    public void Fill(NoiseKey key, long firstDraw, Span<short> noise, int dimension)
    {
        var draws = CountDraws(firstDraw, dimension, noise.Length);
        var philoxKey = key.PhiloxKey();
        while (draws > 0)
        {
            // Counter words 2 and 3 are shared by all draws with the same upper bits.
            var same = (int)Math.Min(draws, (1L << 32) - (firstDraw & 0xFFFFFFFF));
            FillRun(key, philoxKey, firstDraw, noise[..(same * dimension)], dimension);
            noise = noise[(same * dimension)..];
            firstDraw += same;
            draws -= same;
        }
    }

    /// <inheritdoc />
    public override void Sample(NoiseKey key, long firstDraw, ReadOnlySpan<byte> image, Span<float> noisy)
    {
        var draws = CountDraws(firstDraw, image.Length, noisy.Length);
        var rowsAtOnce = Math.Clamp(32768 / image.Length, 1, Math.Max(draws, 1));
        var buffer = ArrayPool<short>.Shared.Rent(rowsAtOnce * image.Length);
        try
        {
            for (var row = 0; row < draws; row += rowsAtOnce)
            {
                var rows = Math.Min(rowsAtOnce, draws - row);
                var noise = buffer.AsSpan(0, rows * image.Length);
                Fill(key, firstDraw + row, noise, image.Length);
                for (var r = 0; r < rows; r++)
                {
                    Add(
                        image,
                        noise.Slice(r * image.Length, image.Length),
                        noisy.Slice((row + r) * image.Length, image.Length)
                    );
                }
            }
        }
        finally
        {
            ArrayPool<short>.Shared.Return(buffer);
        }
    }

    // Integers are added and clipped first; only then they become floating point, by one correctly rounded division.
    private void Add(ReadOnlySpan<byte> image, ReadOnlySpan<short> noise, Span<float> noisy)
    {
        var low = -Clip;
        var high = 255 + Clip;
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var lows = Vector256.Create(low);
            var highs = Vector256.Create(high);
            var grid = Vector256.Create(255f);
            for (; i <= noisy.Length - 8; i += 8)
            {
                var (n0, n1) = Vector128.Widen(Vector128.Create(noise[i..]));
                var pixels = WidenEight(image[i..]);
                var sum = Vector256.Create(n0, n1) + pixels;
                sum = Vector256.Min(Vector256.Max(sum, lows), highs);
                (Vector256.ConvertToSingle(sum) / grid).CopyTo(noisy[i..]);
            }
        }

        for (; i < noisy.Length; i++)
        {
            noisy[i] = Math.Clamp(image[i] + noise[i], low, high) / 255f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> WidenEight(ReadOnlySpan<byte> bytes)
    {
        var eight = Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(bytes)).AsByte();
        var (low, high) = Vector128.Widen(Vector128.WidenLower(eight));
        return Vector256.Create(low.AsInt32(), high.AsInt32());
    }

    [SkipLocalsInit]
    private void FillRun(NoiseKey key, ulong philoxKey, long firstDraw, Span<short> noise, int dimension)
    {
        var groupsPerDraw = (dimension + GroupSize - 1) / GroupSize;
        var word3 = key.CounterWord3(firstDraw, PrefixDomain);
        Span<uint> c0 = stackalloc uint[Batch];
        Span<uint> c1 = stackalloc uint[Batch];
        Span<uint> words = stackalloc uint[4 * Batch];
        Span<short> prefixes = stackalloc short[GroupSize];
        Span<short> values = stackalloc short[GroupSize];
        var refinements = new PendingRefinements(
            stackalloc uint[PendingRefinements.Capacity],
            stackalloc uint[PendingRefinements.Capacity],
            stackalloc int[PendingRefinements.Capacity],
            stackalloc short[PendingRefinements.Capacity]
        );
        var refinementWord3 = key.CounterWord3(firstDraw, RefinementDomain);

        var total = (long)groupsPerDraw * (noise.Length / dimension);
        uint group = 0;
        var draw = (uint)firstDraw;
        var row = 0;
        for (long done = 0; done < total; done += 2)
        {
            var firstGroup = group;
            var firstRow = row;
            var firstOfPair = draw;
            for (var half = 0; half < 2; half++)
            {
                Iota(c0.Slice(8 * half, 8), 8 * group);
                c1.Slice(8 * half, 8).Fill(draw);
                if (++group == groupsPerDraw)
                {
                    group = 0;
                    row++;
                    draw++;
                }
            }

            Philox.Blocks(c0, c1, key.Image, word3, philoxKey, words);
            for (var half = 0; half < 2 && done + half < total; half++)
            {
                var g = half == 0 ? firstGroup : (firstGroup + 1) % (uint)groupsPerDraw;
                var wrapped = half == 1 && g == 0;
                var r = wrapped ? firstRow + 1 : firstRow;
                var d = wrapped ? firstOfPair + 1 : firstOfPair;
                for (var w = 0; w < 4; w++)
                {
                    MemoryMarshal.Cast<uint, short>(words.Slice(16 * w + 8 * half, 8)).CopyTo(prefixes[(16 * w)..]);
                }

                var coordinate = (int)g * GroupSize;
                var count = Math.Min(GroupSize, dimension - coordinate);
                var position = r * dimension + coordinate;
                var target = count == GroupSize ? noise.Slice(position, GroupSize) : values;
                var undecided = Decide(prefixes, target);
                if (count < GroupSize)
                {
                    values[..count].CopyTo(noise[position..]);
                    undecided &= (1UL << count) - 1;
                }

                for (; undecided != 0; undecided &= undecided - 1)
                {
                    var i = BitOperations.TrailingZeroCount(undecided);
                    refinements.Add((uint)(coordinate + i), d, position + i, prefixes[i]);
                }
            }

            while (refinements.Count >= Batch)
            {
                Refine(ref refinements, key.Image, refinementWord3, philoxKey, words, noise);
            }
        }

        while (refinements.Count > 0)
        {
            Refine(ref refinements, key.Image, refinementWord3, philoxKey, words, noise);
        }
    }

    // The hot path: a table look-up for each of 64 prefixes, then signs by vector. Returns a bit for each undecided one.
    private ulong Decide(ReadOnlySpan<short> prefixes, Span<short> values)
    {
        ref var table = ref MemoryMarshal.GetArrayDataReference(_byPrefix);
        ref var source = ref Unsafe.As<short, ulong>(ref MemoryMarshal.GetReference(prefixes));
        ref var sink = ref Unsafe.As<short, ulong>(ref MemoryMarshal.GetReference(values));
        for (var i = 0; i < GroupSize / 4; i++)
        {
            var four = Unsafe.Add(ref source, i);
            var v0 = (ushort)Unsafe.Add(ref table, (nint)(four & 0x7FFF));
            var v1 = (ushort)Unsafe.Add(ref table, (nint)((four >> 16) & 0x7FFF));
            var v2 = (ushort)Unsafe.Add(ref table, (nint)((four >> 32) & 0x7FFF));
            var v3 = (ushort)Unsafe.Add(ref table, (nint)((four >> 48) & 0x7FFF));
            Unsafe.Add(ref sink, i) = v0 | ((ulong)v1 << 16) | ((ulong)v2 << 32) | ((ulong)v3 << 48);
        }

        ulong undecided = 0;
        for (var i = 0; i < GroupSize; i += 16)
        {
            var magnitude = Vector256.Create<short>(values[i..]);
            var sign = Vector256.Create(prefixes[i..]) >> 15;
            ((magnitude ^ sign) - sign).CopyTo(values[i..]);
            undecided |= (ulong)magnitude.ExtractMostSignificantBits() << i;
        }

        return undecided;
    }

    private void Refine(
        ref PendingRefinements refinements,
        uint image,
        uint word3,
        ulong philoxKey,
        Span<uint> words,
        Span<short> noise
    )
    {
        var count = Math.Min(refinements.Count, Batch);
        var from = refinements.Count - count;
        var start = Math.Min(from, PendingRefinements.Capacity - Batch);
        Philox.Blocks(refinements.Coordinates[start..], refinements.Draws[start..], image, word3, philoxKey, words);
        for (var i = from; i < from + count; i++)
        {
            var lane = i - start;
            var prefix = refinements.Prefixes[i];
            var uniform = new UInt128((ulong)(prefix & 0x7FFF), ((ulong)words[lane] << 32) | words[Batch + lane]);
            var magnitude = _thresholds.Find(uniform);
            noise[refinements.Positions[i]] = (short)(prefix < 0 ? -magnitude : magnitude);
        }

        refinements.Count = from;
    }

    private static int ClipOf(double sigma) => (int)Math.Ceiling(6 * sigma * 255);

    private static void Iota(Span<uint> target, uint first) =>
        (Vector256.Create(first) + Vector256<uint>.Indices).CopyTo(target);
}
