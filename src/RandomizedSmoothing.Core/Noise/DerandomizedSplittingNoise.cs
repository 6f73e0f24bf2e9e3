using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Noise;

/// <summary>
/// Derandomised splitting noise (Levine, Feizi 2021, Corollary 1). Inputs lie on the 1/255 grid and cuts between its points; draw t
/// shifts the cuts of one fixed template by t, t = 0 … q − 1, q = ⌊2λ·255⌋. A change of one grid step in one coordinate alters
/// exactly one of the q outputs, so votes over all q are exact: R = min over c of ⌊(v₁ − v_c − [c &lt; class])/2⌋/255 in l1, without a
/// failure probability. λ = √3 σ.
/// </summary>
/// <remarks>The template is a constant of the program, the same in training and certification, for every image and seed.</remarks>
public sealed class DerandomizedSplittingNoise : NoiseDistribution
{
    private const ulong TemplateKey = 0x5EED_0F5E_EDED_CAFE;
    private const int Grid = 255;
    private readonly int _offsets;

    /// <param name="sigma">Scale of the cuts, λ/√3, in [0, 1] pixel units; at least two offsets must fit.</param>
    /// <exception cref="UserErrorException">Fewer than two offsets fit.</exception>
    public DerandomizedSplittingNoise(double sigma)
        : base("dssn", sigma)
    {
        var offsets = Math.Floor(2 * Math.Sqrt(3) * sigma * Grid);
        if (offsets is < 2 or > 1_000_000)
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"Noise 'dssn' of sigma {sigma} would have {offsets} offsets, ⌊2√3·255·sigma⌋: it takes 2 to 1,000,000. Use a sigma between 0.003 and 1,000."
                )
            );
        }

        _offsets = (int)offsets;
    }

    /// <summary>The entry in the registry.</summary>
    public static NoiseFamily Definition { get; } =
        new(
            "dssn",
            "derandomised splitting noise, all offsets counted; l1, no failure probability (Levine, Feizi 2021)",
            "scale of the cuts, λ/√3, in [0,1] pixel units",
            sigma => new DerandomizedSplittingNoise(sigma)
        );

    /// <inheritdoc />
    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1];

    /// <inheritdoc />
    public override bool IsExact => true;

    /// <inheritdoc />
    public override long? CompleteDraws => _offsets;

    /// <summary>λ = q/510: the scale that the offsets have after rounding to the grid.</summary>
    /// <inheritdoc />
    public override double Lambda(int dimension) => _offsets / (2.0 * Grid);

    /// <inheritdoc />
    public override string Formula(Norm norm) => "R = min over c of ⌊(v₁ − v_c − [c < class])/2⌋/255";

    /// <inheritdoc />
    public override double CompleteRadius(VoteCounts votes)
    {
        var top = votes.TopClass;
        var steps = votes[top];
        for (var other = 0; other < votes.Classes; other++)
        {
            if (other != top)
            {
                // A tie goes to the lower index.
                steps = Math.Min(steps, (votes[top] - votes[other] - (other < top ? 1 : 0)) / 2);
            }
        }

        return DirectedRounding.DivideDown(steps, Grid);
    }

    /// <inheritdoc />
    public override NoiseSampler CreateSampler(ImageShape shape) => new Sampler(_offsets, shape.Dimension);

    /// <inheritdoc />
    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension) =>
        Shave(2 * Lambda(dimension) * (0.5 - pA.Complement));

    private sealed class Sampler : NoiseSampler
    {
        private readonly int _offsets;
        private readonly int[] _template;

        public Sampler(int offsets, int dimension)
        {
            _offsets = offsets;
            _template = new int[dimension];
            for (var i = 0; i < dimension; i++)
            {
                var word = Philox.Block((uint)i, 0, 0, 0, TemplateKey).W0;
                _template[i] = (int)(((ulong)word * (uint)offsets) >> 32);
            }
        }

        public override bool IsExact => true;

        public override void Sample(NoiseKey key, long firstDraw, ReadOnlySpan<byte> image, Span<float> noisy)
        {
            var draws = CountDraws(firstDraw, image.Length, noisy.Length);
            for (var row = 0; row < draws; row++)
            {
                var shift = (int)((firstDraw + row) % _offsets);
                var target = noisy.Slice(row * image.Length, image.Length);
                for (var i = 0; i < target.Length; i++)
                {
                    var cut = (_template[i] + shift) % _offsets;
                    target[i] = (float)(MiddleOfPiece(image[i], cut, _offsets) / Grid);
                }
            }
        }

        // In steps of the grid; the cut lies at cut + ½, so that no input falls on it.
        private static double MiddleOfPiece(int x, int cut, int width)
        {
            var piece = x > cut ? (x - cut - 1) / width + 1 : 0;
            var high = Math.Min(width * piece + cut + 0.5, Grid);
            var low = Math.Max(width * (piece - 1) + cut + 0.5, 0);
            return 0.5 * (high + low);
        }
    }
}
