using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.FiniteDomains;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.FiniteDomains;

/// <summary>VC dimension and reachable accuracy of sets of classifiers, against their definitions.</summary>
public sealed class CapacityTests
{
    [Fact]
    public void VC_dimension_agrees_with_its_definition_on_random_sets() =>
        Gen.Int[1, 8]
            .SelectMany(n => Gen.Int[0, (1 << n) - 1].HashSet[1, 1 << n].Select(s => (n, s)))
            .Sample(
                t =>
                {
                    var set = Set(t.n, t.s);
                    var best = Enumerable
                        .Range(0, 1 << t.n)
                        .Where(points => t.s.Select(h => h & points).Distinct().Count() == 1 << int.PopCount(points))
                        .Max(int.PopCount);
                    VcDimension.Of(set).ShouldBe(best);
                },
                iter: 300
            );

    [Fact]
    public void VC_dimension_of_familiar_classes_is_the_textbook_one()
    {
        VcDimension.Of(Identity(HypothesisSpace.Intervals(9))).ShouldBe(2);
        VcDimension.Of(Identity(HypothesisSpace.Arcs(9))).ShouldBe(3);
        VcDimension.Of(Identity(HypothesisSpace.Thresholds(9))).ShouldBe(2);
        VcDimension.Of(Identity(HypothesisSpace.Halfspaces(4))).ShouldBe(5);
        VcDimension.Of(new LabellingSet(new LabellingCode(5, 2))).ShouldBe(-1);
    }

    [Fact]
    public void Reachable_accuracy_agrees_with_trying_every_truth() =>
        Gen.Select(EnumerationAgreementTests.Kernels(6, 3), Gen.Int[2, 3], Gen.Enum<TieRule>())
            .Where(t => t.Item1.Points <= (t.Item2 == 2 ? 6 : 4))
            .Sample(
                (kernel, labels, ties) =>
                {
                    var set = FeasibleSets
                        .Enumerate(
                            new FeasibleSetQuestion(kernel, HypothesisSpace.All(kernel.Points, labels)) { Ties = ties }
                        )
                        .Set!;
                    var reachable = ReachableAccuracy.Of(set)!;
                    var truth = new int[kernel.Points];
                    var histogram = new long[kernel.Points + 1];
                    for (var index = 0; index < set.Size; index++)
                    {
                        set.Code.FromIndex(index, truth);
                        histogram[ReachableAccuracy.FewestMistakes(set, truth)!.Value]++;
                    }

                    reachable.ByMistakes.ShouldBe(histogram);
                    reachable.Worst.ShouldBeLessThanOrEqualTo(reachable.Mean);
                },
                iter: 150
            );

    [Fact]
    public void Smoothing_on_the_cycle_costs_capacity()
    {
        var kernel = KernelFamilies.Cycle(20, 1);
        var answer = FeasibleSets.Enumerate(new FeasibleSetQuestion(kernel, HypothesisSpace.All(20, 2)));
        answer.Image.ShouldBe(TransferCounts.Of(kernel, 2, TieRule.Abstain, circular: true)!.Image!.Value);
        VcDimension.Of(answer.Set!)!.Value.ShouldBeInRange(1, (int)Math.Floor(Math.Log2((double)answer.Image)));
        ReachableAccuracy.Of(answer.Set!)!.Worst.ToDouble().ShouldBeLessThan(1);
    }

    private static LabellingSet Set(int points, IEnumerable<int> members)
    {
        var set = new LabellingSet(new LabellingCode(points, 2));
        foreach (var member in members)
        {
            set.Add(member);
        }

        return set;
    }

    private static LabellingSet Identity(HypothesisSpace space) =>
        FeasibleSets
            .Enumerate(
                new FeasibleSetQuestion(
                    new SmoothingKernel(
                        "identity",
                        Enumerable.Range(0, space.Points).Select(x => KernelRow.Uniform([x]))
                    ),
                    space
                )
            )
            .Set!;
}
