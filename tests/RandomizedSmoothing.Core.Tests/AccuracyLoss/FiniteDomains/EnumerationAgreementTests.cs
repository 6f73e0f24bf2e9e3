using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.FiniteDomains;

/// <summary>The fast enumerations against the literal definition, and against the transfer method.</summary>
public sealed class EnumerationAgreementTests
{
    private static readonly Gen<TieRule> Ties = Gen.Enum<TieRule>();

    internal static Gen<SmoothingKernel> Kernels(int maxPoints, int maxWeight) =>
        from points in Gen.Int[1, maxPoints]
        from weights in Gen.Int[0, maxWeight].Array[points].Array[points]
        select new SmoothingKernel(
            "random",
            weights.Select(
                (row, x) =>
                    KernelRow.FromProbabilities(
                        row.Select((w, z) => (z, new ExactFraction(row.Sum() == 0 && z == x ? 1 : w, 1)))
                    )
            )
        );

    [Fact]
    public void Enumeration_agrees_with_smoothing_each_hypothesis_literally() =>
        Gen.Select(Kernels(8, 3), Gen.Int[2, 3], Ties, Gen.Enum<FeasibleReading>(), Gen.Int[0, 4])
            .Where(t => t.Item1.Points <= (t.Item2 == 2 ? 8 : 5))
            .Sample(
                (kernel, labels, ties, reading, margin) =>
                {
                    var all = HypothesisSpace.All(kernel.Points, labels);
                    var question = new FeasibleSetQuestion(kernel, all)
                    {
                        Ties = ties,
                        Reading = reading,
                        Margin = new ExactFraction(margin, 10),
                        Examples = [new LabelledPoint(0, 1), .. Last(kernel.Points)],
                    };
                    var fast = FeasibleSets.Enumerate(question);
                    var code = new LabellingCode(kernel.Points, labels);
                    var labellings = Enumerable
                        .Range(0, (int)all.Count)
                        .Select(i =>
                        {
                            var labelling = new int[kernel.Points];
                            code.FromIndex(i, labelling);
                            return labelling;
                        });
                    var literal = FeasibleSets.Enumerate(
                        question with
                        {
                            Space = HypothesisSpace.Of("listed", kernel.Points, labels, labellings),
                        }
                    );
                    (fast with { Set = null }).ShouldBe(literal with { Set = null });
                    fast.Set!.Indices().ShouldBe(literal.Set!.Indices());
                    fast.Set.Partial.Order().ShouldBe(literal.Set.Partial.Order());
                },
                iter: 400
            );

    [Theory]
    [InlineData(TieRule.Abstain)]
    [InlineData(TieRule.Keep)]
    [InlineData(TieRule.Lowest)]
    public void The_transfer_method_agrees_with_enumeration_on_cycles_and_paths(TieRule ties)
    {
        foreach (
            var (n, radius, labels) in new[] { (7, 1, 2), (12, 1, 2), (11, 2, 2), (13, 2, 2), (7, 3, 2), (6, 1, 3) }
        )
        {
            Agree(KernelFamilies.Cycle(n, radius), labels, ties, circular: true);
            Agree(KernelFamilies.Path(n, radius), labels, ties, circular: false);
        }
    }

    [Fact]
    public void The_transfer_method_agrees_with_enumeration_on_random_banded_kernels() =>
        Gen.Select(Gen.Int[5, 8], Gen.Int[0, 3].Array[24], Ties, Gen.Bool)
            .Sample(
                (n, weights, ties, circular) =>
                {
                    var rows = Enumerable
                        .Range(0, n)
                        .Select(x =>
                            KernelRow.FromProbabilities(
                                Enumerable
                                    .Range(-1, 3)
                                    .Where(d => circular || (x + d >= 0 && x + d < n))
                                    .Select(d =>
                                        (
                                            (x + d + n) % n,
                                            new ExactFraction(weights[(3 * x) + d + 1] + (d == 0 ? 1 : 0), 1)
                                        )
                                    )
                            )
                        );
                    Agree(new SmoothingKernel("banded", rows), 2, ties, circular);
                },
                iter: 60
            );

    [Fact]
    public void The_transfer_method_counts_the_16_cycle_and_goes_far_beyond_enumeration()
    {
        var sixteen = TransferCounts.Of(KernelFamilies.Cycle(16, 1), 2, TieRule.Abstain, circular: true)!;
        (sixteen.Image!.Value, sixteen.Fixed).ShouldBe((10608, 2206));

        // Fixed labellings of the cycle are those without an isolated point: L(n) = traces of the same matrix, whose
        // characteristic polynomial gives f(n) = 2 f(n−1) − f(n−2) + f(n−4).
        var fixedCounts = Enumerable
            .Range(60, 5)
            .Select(n => TransferCounts.Of(KernelFamilies.Cycle(n, 1), 2, TieRule.Abstain, circular: true)!.Fixed)
            .ToArray();
        fixedCounts[4].ShouldBe((2 * fixedCounts[3]) - fixedCounts[2] + fixedCounts[0]);
    }

    private static IEnumerable<LabelledPoint> Last(int points) => points > 1 ? [new LabelledPoint(points - 1, 0)] : [];

    private static void Agree(SmoothingKernel kernel, int labels, TieRule ties, bool circular)
    {
        var enumerated = FeasibleSets.Enumerate(
            new FeasibleSetQuestion(kernel, HypothesisSpace.All(kernel.Points, labels)) { Ties = ties }
        );
        var walked = TransferCounts.Of(kernel, labels, ties, circular)!;
        walked.Image.ShouldBe(enumerated.Image);
        walked.Fixed.ShouldBe(enumerated.Fixed);
        walked.Hypotheses.ShouldBe(enumerated.Hypotheses);
        if (labels == 2)
        {
            RandomLabels.MeanOwnAccuracy(kernel, ties).ShouldBe(enumerated.MeanOwnAccuracy);
        }
    }
}
