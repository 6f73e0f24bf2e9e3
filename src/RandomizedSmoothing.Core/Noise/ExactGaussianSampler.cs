using System.Buffers;
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
public sealed partial class ExactGaussianSampler : NoiseSampler
{
    private const int GroupSize = 64;
    private const int Batch = Philox.BlocksAtOnce;
    private const byte PrefixDomain = 0;
    private const byte RefinementDomain = 1;

    private readonly GaussianThresholds _thresholds;
    private readonly short[] _byPrefix;
    private readonly PrefixCurve? _curve;

    /// <param name="sigma">Standard deviation in [0, 1] pixel units, in (0, 20].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sigma"/> is outside its range.</exception>
    public ExactGaussianSampler(double sigma)
        : this(sigma, PrefixCurve.IsSupported) { }

    /// <summary>With the path of processors without wide registers, which makes the same integers.</summary>
    internal ExactGaussianSampler(double sigma, bool wide)
    {
        if (!(sigma is > 0 and <= 20))
        {
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "The exact sampler takes a sigma in (0, 20].");
        }

        Sigma = sigma;
        Clip = ClipOf(sigma);
        _thresholds = new GaussianThresholds(sigma, Clip + 255);
        _byPrefix = _thresholds.ByPrefix;
        _curve = wide ? PrefixCurve.Fit(sigma, _byPrefix) : null;
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
            var run = noise[..(same * dimension)];
            if (_curve is { } curve)
            {
                FillByCurve(curve, key, philoxKey, firstDraw, run, dimension);
            }
            else
            {
                FillByTable(key, philoxKey, firstDraw, run, dimension);
            }

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
                    PixelGrid.Add(
                        image,
                        noise.Slice(r * image.Length, image.Length),
                        Clip,
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

    [SkipLocalsInit]
    private unsafe void FillByTable(NoiseKey key, ulong philoxKey, long firstDraw, Span<short> noise, int dimension)
    {
        var groupsPerDraw = (dimension + GroupSize - 1) / GroupSize;
        var word3 = key.CounterWord3(firstDraw, PrefixDomain);
        var refinementWord3 = key.CounterWord3(firstDraw, RefinementDomain);
        var keys = new Philox.KeySchedule(philoxKey);
        var words = stackalloc uint[4 * Batch];
        var apart = stackalloc short[GroupSize];
        var pending = stackalloc uint[3 * PendingRefinements.Capacity];
        var refinements = new PendingRefinements(pending);
        var next = new Group(0, 0, (uint)firstDraw);
        fixed (short* table = _byPrefix)
        fixed (short* target = noise)
        {
            for (var remaining = (long)groupsPerDraw * (noise.Length / dimension); remaining > 0; remaining -= 2)
            {
                var first = next;
                var second = first.Next(groupsPerDraw);
                next = second.Next(groupsPerDraw);
                Philox.BlocksAt(
                    Vector512.Create(first.Blocks, second.Blocks),
                    Vector512.Create(Vector256.Create(first.Draw), Vector256.Create(second.Draw)),
                    key.Image,
                    word3,
                    ref keys,
                    new Span<uint>(words, 4 * Batch)
                );
                var place = first.PlaceIn(target, dimension, apart);
                Settle(first, LookUp(words, table, place), place, target, dimension, ref refinements);
                if (remaining > 1)
                {
                    place = second.PlaceIn(target, dimension, apart);
                    Settle(second, LookUp(words + 8, table, place), place, target, dimension, ref refinements);
                }

                while (refinements.Count >= Batch)
                {
                    Refine(ref refinements, key.Image, refinementWord3, ref keys, words, target);
                }
            }

            while (refinements.Count > 0)
            {
                Refine(ref refinements, key.Image, refinementWord3, ref keys, words, target);
            }
        }
    }

    // Brings a group that was placed apart to where it belongs, and notes what is undecided.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Settle(
        Group group,
        ulong undecided,
        short* place,
        short* noise,
        int dimension,
        ref PendingRefinements refinements
    )
    {
        var coordinate = group.Index * GroupSize;
        var count = dimension - coordinate;
        var position = group.Row * dimension + coordinate;
        if (count < GroupSize)
        {
            undecided &= (1UL << count) - 1;
            new Span<short>(place, count).CopyTo(new Span<short>(noise + position, count));
        }

        refinements.Add(undecided, coordinate, group.Draw, position);
    }

    // A table look-up for each of 64 prefixes, 16 from 8 words of each 16, then signs by vector. What passes between the two stays
    // in registers. Returns a bit for each undecided one, whose value is its half-word as it was.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ulong LookUp(uint* words, short* table, short* values)
    {
        ulong undecided = 0;
        for (var w = 0; w < 4; w++)
        {
            var source = (ulong*)(words + Batch * w);
            var magnitude = Vector256
                .Create(
                    LookUp(table, source[0]),
                    LookUp(table, source[1]),
                    LookUp(table, source[2]),
                    LookUp(table, source[3])
                )
                .AsInt16();
            var halves = Vector256.Load((short*)source);
            var sign = halves >> 15;
            Vector256.ConditionalSelect(magnitude >> 15, halves, (magnitude ^ sign) - sign).Store(values + 16 * w);
            undecided |= (ulong)magnitude.ExtractMostSignificantBits() << (16 * w);
        }

        return undecided;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ulong LookUp(short* table, ulong four)
    {
        var entries = (ushort*)table;
        return entries[four & 0x7FFF]
            | ((ulong)entries[(four >> 16) & 0x7FFF] << 16)
            | ((ulong)entries[(four >> 32) & 0x7FFF] << 32)
            | ((ulong)entries[(four >> 48) & 0x7FFF] << 48);
    }

    // Optimized from its first call: what is called from a long loop would else stay as it is for seconds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Refine(
        ref PendingRefinements refinements,
        uint image,
        uint word3,
        ref readonly Philox.KeySchedule keys,
        uint* words,
        short* noise
    )
    {
        var count = Math.Min(refinements.Count, Batch);
        var from = refinements.Count - count;
        var start = Math.Min(from, PendingRefinements.Capacity - Batch);
        Philox.BlocksAt(
            Vector512.Load(refinements.Coordinates + start),
            Vector512.Load(refinements.Draws + start),
            image,
            word3,
            in keys,
            new Span<uint>(words, 4 * Batch)
        );
        for (var i = from; i < from + count; i++)
        {
            var lane = i - start;
            ref var value = ref noise[refinements.Positions[i]];
            var rest = ((ulong)words[lane] << 32) | words[Batch + lane];
            var magnitude = _thresholds.Refine(_byPrefix[value & short.MaxValue], rest);
            var sign = value >> 15;
            value = (short)((magnitude ^ sign) - sign);
        }

        refinements.Count = from;
    }

    private static int ClipOf(double sigma) => (int)Math.Ceiling(6 * sigma * 255);

    /// <summary>64 coordinates of one draw.</summary>
    private readonly record struct Group(int Index, int Row, uint Draw)
    {
        /// <summary>Where its values go, or room apart where a whole group would not fit.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public unsafe short* PlaceIn(short* noise, int dimension, short* apart) =>
            dimension - Index * GroupSize < GroupSize ? apart : noise + (Row * dimension + Index * GroupSize);

        /// <summary>The numbers of its 8 blocks.</summary>
        public Vector256<uint> Blocks => Vector256.Create(8 * (uint)Index) + Vector256<uint>.Indices;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Group Next(int groupsPerDraw) =>
            Index + 1 == groupsPerDraw ? new Group(0, Row + 1, Draw + 1) : this with { Index = Index + 1 };
    }
}
