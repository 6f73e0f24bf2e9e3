using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Core.Tests.Sweeps;

/// <summary>A noise family with chosen traits, as far as reading a sweep file looks at it.</summary>
internal sealed class TestNoise(string name, double sigma, bool exact, bool deterministic)
    : NoiseDistribution(name, sigma)
{
    /// <summary>Three families beside the product's own: sampled in floating point, derandomised, and bounded in its level.</summary>
    public static SweepVocabulary Vocabulary { get; } =
        SweepVocabulary.Default with
        {
            Recipes =
            [
                new KnownRecipe(
                    "gaussian",
                    [new KnownOption("lambda", 0, 100, "weight"), new KnownOption("momentum", 0, 1, "of SGD")]
                ),
                new KnownRecipe("free"),
            ],
            Noises =
            [
                NoiseFamilies.Find("gaussian")!,
                Named("floating", sigma => new TestNoise("floating", sigma, exact: false, deterministic: false)),
                Named("counted", sigma => new TestNoise("counted", sigma, exact: true, deterministic: true)),
                Named(
                    "wide",
                    sigma =>
                        sigma >= 0.3
                            ? new TestNoise("wide", sigma, exact: true, deterministic: false)
                            : throw new UserErrorException("it needs at least 0.3.")
                ),
            ],
        };

    public override double Lambda(int dimension) => Sigma;

    public override IReadOnlyList<Norm> SupportedNorms { get; } = [Norm.L1];

    public override bool IsExact => exact;

    public override long? CompleteDraws => deterministic ? 5 : null;

    public override string Formula(Norm norm) => "R = 0";

    public override NoiseSampler CreateSampler(ImageShape shape) => throw new NotSupportedException();

    protected override double RadiusAboveHalf(ProbabilityBound pA, Norm norm, int dimension) => 0;

    protected override double RequiredAboveHalf(double radius, Norm norm, int dimension) => 1;

    private static NoiseFamily Named(string name, Func<double, NoiseDistribution> create) =>
        new(name, "for tests", "level", create);
}
