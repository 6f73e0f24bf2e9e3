using System.Buffers;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Discrete noise for l0 (Lee et al. 2019): a coordinate keeps its level with probability a = 1 − sigma, and takes each of the other
/// K levels with probability sigma/K. R = the largest number of coordinates whose threshold p_A reaches; see
/// <see cref="DiscreteThresholds"/>. Levels are even steps of [0, 1]; coarser ones than 256 round the input first, as part of f.
/// </summary>
public sealed class DiscreteNoise : NoiseDistribution
{
    private readonly int _levels;
    private readonly decimal _keep;
    private readonly DiscreteThresholds _thresholds;

    /// <param name="sigma">Probability that a coordinate is replaced, in (0, K/(K+1)).</param>
    /// <param name="levels">Number of levels, K + 1, in [2, 256].</param>
    /// <exception cref="UserErrorException">The level is outside its range.</exception>
    public DiscreteNoise(double sigma, int levels = 256)
        : base(levels == 256 ? "discrete-l0" : FormattableString.Invariant($"discrete-l0-v{levels}"), sigma)
    {
        if (sigma >= (levels - 1.0) / levels || sigma < 1e-9)
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"Noise 'discrete-l0' of sigma {sigma} cannot be: sigma is the probability that a coordinate is replaced, from 1e-9 to below {levels - 1}/{levels}, where nothing of the input is left. Use a value such as 0.2."
                )
            );
        }

        _levels = levels;
        _keep = 1 - (decimal)sigma;
        _thresholds = new DiscreteThresholds(_keep, levels - 1);
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "discrete-l0",
            "coordinates replaced by other levels at random; l0 (Lee et al. 2019)",
            "probability that a coordinate is replaced, in (0, 1)",
            sigma => new DiscreteNoise(sigma)
        )
        {
            Options =
            [
                new NoiseOption('v', 256, "number of levels, 2 to 256", v => v >= 2 && v <= 256 && v == Math.Floor(v)),
            ],
            CreateWith = (sigma, options) => new DiscreteNoise(sigma, (int)options['v']),
        };

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L0];

    /// <inheritdoc />
    public override bool IsExact => true;

    /// <summary>a, the probability that a coordinate keeps its level.</summary>
    /// <inheritdoc />
    public override double Lambda(int dimension) => (double)_keep;

    /// <inheritdoc />
    public override string Formula(Norm norm) => "R = largest r whose exact threshold is at most p (a = 1 − sigma)";

    /// <summary>Probabilities of the K + 1 answers are multiples of 2⁻⁶⁴.</summary>
    /// <inheritdoc />
    public override double SamplingError(int dimension) => Math.ScaleB((double)dimension * (_levels + 1), -64);

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape) => new Sampler(_keep, _levels);

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension) =>
        _thresholds.LargestRadius(pA.Complement, dimension);

    private sealed class Sampler : NoiseSampler
    {
        private readonly int _levels;
        private readonly ulong _keepBelow;

        public Sampler(decimal keep, int levels)
        {
            _levels = levels;
            _keepBelow = (ulong)Math.Floor(keep * 18446744073709551616m);
        }

        public override bool IsExact => true;

        public override void Sample(NoiseKey key, long firstDraw, ReadOnlySpan<byte> image, Span<float> noisy)
        {
            var draws = CountDraws(firstDraw, image.Length, noisy.Length);
            var others = (uint)(_levels - 1);
            var rest = (UInt128.One << 64) - _keepBelow;
            var words = ArrayPool<uint>.Shared.Rent(KeyedStream.BufferLength);
            for (var row = 0; row < draws; row++)
            {
                var stream = new KeyedStream(key, firstDraw + row, words.AsSpan(0, KeyedStream.BufferLength));
                var target = noisy.Slice(row * image.Length, image.Length);
                for (var i = 0; i < target.Length; i++)
                {
                    var level = (image[i] * (uint)(_levels - 1) + 127) / 255;
                    var bits = stream.NextLong();
                    if (bits >= _keepBelow)
                    {
                        var other = (uint)((UInt128)(bits - _keepBelow) * others / rest);
                        level = other >= level ? other + 1 : other;
                    }

                    target[i] = (float)level / (_levels - 1);
                }
            }

            ArrayPool<uint>.Shared.Return(words);
        }
    }
}
