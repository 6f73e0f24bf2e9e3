using System.Buffers;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Splitting noise (Levine, Feizi 2021, "Improved, deterministic smoothing for l1 certified robustness", Theorem 2): each
/// coordinate of [0, 1] is replaced by the middle of the piece it falls into when the interval is cut at s + 2λm, s ~ U(0, 2λ). A
/// change of size e is noticed with probability e/(2λ), so R = 2λ(p − ½) in l1, whatever the dependence of coordinates. λ = √3 σ,
/// the half-width of uniform noise of standard deviation σ.
/// </summary>
public sealed class SplittingNoise(double sigma) : NoiseDistribution("ssn", sigma)
{
    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "ssn",
            "splitting noise with independent cuts; l1 (Levine, Feizi 2021)",
            "scale of the cuts, λ/√3, in [0,1] pixel units",
            sigma => new SplittingNoise(sigma)
        );

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => true;

    /// <inheritdoc />
    public override double Lambda(int dimension) => Math.Sqrt(3) * Sigma;

    /// <inheritdoc />
    public override string Formula(Norm norm) => "R = 2λ(p − ½), λ = √3 σ";

    /// <summary>Cuts are multiples of 2⁻⁵³ of 2λ, compared in double precision: each is off by less than 2⁻⁵⁰ of its range.</summary>
    /// <inheritdoc />
    public override double SamplingError(int dimension) => Math.ScaleB(dimension, -50);

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape) => new Sampler(2 * Lambda(shape.Dimension));

    /// <summary>R = λ(p_A − p_B): a change of R is noticed by at most R/(2λ) of the mass.</summary>
    /// <inheritdoc cref="NoiseDistribution.TwoClassRadius"/>
    public override double TwoClassRadius(ProbabilityBound pA, ProbabilityBound pB, Norm norm, int dimension)
    {
        Require(norm, dimension);
        var gap = pA.Value - pB.Value;
        return gap >= 0 ? Shave(Lambda(dimension) * gap) : double.NaN;
    }

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension) =>
        Shave(2 * Lambda(dimension) * (0.5 - pA.Complement));

    /// <summary>The middle of the piece of [0, 1] between consecutive cuts s + width·m that holds x.</summary>
    internal static double MiddleOfPiece(double x, double cut, double width)
    {
        var piece = Math.Ceiling((x - cut) / width);
        return 0.5 * (Math.Min(width * piece + cut, 1) + Math.Max(width * (piece - 1) + cut, 0));
    }

    private sealed class Sampler(double width) : NoiseSampler
    {
        // Two inputs give different outputs only if a cut lies between them; the outputs are functions of the cuts alone.
        public override bool IsExact => true;

        public override void Sample(NoiseKey key, long firstDraw, ReadOnlySpan<byte> image, Span<float> noisy)
        {
            var draws = CountDraws(firstDraw, image.Length, noisy.Length);
            var words = ArrayPool<uint>.Shared.Rent(KeyedStream.BufferLength);
            for (var row = 0; row < draws; row++)
            {
                var stream = new KeyedStream(key, firstDraw + row, words.AsSpan(0, KeyedStream.BufferLength));
                var target = noisy.Slice(row * image.Length, image.Length);
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = (float)MiddleOfPiece(image[i] / 255.0, width * stream.NextUniform(), width);
                }
            }

            ArrayPool<uint>.Shared.Return(words);
        }
    }
}
