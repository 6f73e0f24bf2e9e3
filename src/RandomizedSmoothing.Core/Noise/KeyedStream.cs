using RandomizedSmoothing.Core.Statistics;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// The random numbers of one draw, in order: for samplers that take a variable number of them. Domain 2 of the key's layout;
/// words come in runs of 64 from sixteen blocks, word 0 of each block first. What a draw receives never depends on another draw.
/// </summary>
internal ref struct KeyedStream
{
    /// <summary>Words that the buffer must hold.</summary>
    public const int BufferLength = 4 * Philox.BlocksAtOnce;

    private const byte Domain = 2;

    private readonly Span<uint> _words;
    private readonly ulong _philoxKey;
    private readonly uint _word1;
    private readonly uint _word2;
    private readonly uint _word3;
    private uint _nextBlock;
    private int _position;

    /// <param name="key">Names the image's sequence.</param>
    /// <param name="draw">Number of the draw.</param>
    /// <param name="buffer"><see cref="BufferLength"/> words of scratch space.</param>
    public KeyedStream(NoiseKey key, long draw, Span<uint> buffer)
    {
        _words = buffer;
        _philoxKey = key.PhiloxKey();
        _word1 = (uint)draw;
        _word2 = key.Image;
        _word3 = key.CounterWord3(draw, Domain);
        _position = BufferLength;
    }

    /// <summary>32 random bits.</summary>
    public uint NextWord()
    {
        if (_position == BufferLength)
        {
            Refill();
        }

        return _words[_position++];
    }

    /// <summary>64 random bits, the first word in the upper half.</summary>
    public ulong NextLong()
    {
        ulong high = NextWord();
        return (high << 32) | NextWord();
    }

    /// <summary>Uniform on (0, 1): an odd multiple of 2⁻⁵⁴.</summary>
    public double NextUniform() => ((NextLong() >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>Uniform on {0, …, count − 1}, exactly (Lemire 2019: rejection makes every answer equally likely).</summary>
    /// <param name="count">At least 1.</param>
    public uint NextBelow(uint count)
    {
        var product = (ulong)NextWord() * count;
        if ((uint)product < count)
        {
            var threshold = (uint)-count % count;
            while ((uint)product < threshold)
            {
                product = (ulong)NextWord() * count;
            }
        }

        return (uint)(product >> 32);
    }

    /// <summary>Standard normal, by the inverse cdf of a 53-bit uniform.</summary>
    public double NextNormal() => NormalQuantileEstimate.UpperTailQuantile(NextUniform());

    /// <summary>Gamma with the given shape and scale 1 (Marsaglia, Tsang 2000).</summary>
    /// <param name="shape">Above 0.</param>
    public double NextGamma(double shape)
    {
        if (shape < 1)
        {
            // A gamma of shape + 1 times a uniform to the power 1/shape.
            return NextGamma(shape + 1) * Math.Pow(NextUniform(), 1 / shape);
        }

        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = NextNormal();
            var root = 1 + c * normal;
            if (root <= 0)
            {
                continue;
            }

            var cube = root * root * root;
            if (Math.Log(NextUniform()) < 0.5 * normal * normal + d * (1 - cube + Math.Log(cube)))
            {
                return d * cube;
            }
        }
    }

    private void Refill()
    {
        Span<uint> c0 = stackalloc uint[Philox.BlocksAtOnce];
        Span<uint> c1 = stackalloc uint[Philox.BlocksAtOnce];
        for (var i = 0; i < c0.Length; i++)
        {
            c0[i] = _nextBlock++;
        }

        c1.Fill(_word1);
        Philox.Blocks(c0, c1, _word2, _word3, _philoxKey, _words);
        _position = 0;
    }
}
