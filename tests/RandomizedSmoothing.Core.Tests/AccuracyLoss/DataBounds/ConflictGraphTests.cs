using System.Numerics;
using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss.DataBounds;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss.DataBounds;

public sealed class ConflictGraphTests
{
    private static readonly double[] Distances = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 1];

    [Fact]
    public void Conflicts_are_the_pairs_of_different_label_below_the_distance() =>
        NearestOtherLabelTests
            .Images(140, 3, 3)
            .Sample(
                images =>
                {
                    var graph = ConflictGraph.Build(images, Distances);
                    foreach (var distance in Distances)
                    {
                        var expected = Pairs(images)
                            .Count(p => p.Squared == 0 || Math.Sqrt(p.Squared) / 255 < distance);
                        graph.CountAt(distance).ShouldBe(expected);
                    }
                },
                iter: 60
            );

    [Fact]
    public void A_larger_distance_never_removes_a_conflict_nor_raises_the_ceiling() =>
        NearestOtherLabelTests
            .Images(120, 2, 4)
            .Sample(
                images =>
                {
                    var graph = ConflictGraph.Build(images, Distances);
                    var ceilings = Distances.Select(d => graph.CeilingAt(d)).ToArray();
                    foreach (var (near, far) in ceilings.Zip(ceilings.Skip(1)))
                    {
                        far.Conflicts.ShouldBeGreaterThanOrEqualTo(near.Conflicts);
                        far.ConflictingImages.ShouldBeGreaterThanOrEqualTo(near.ConflictingImages);
                        far.Ceiling.ShouldBeLessThanOrEqualTo(near.Ceiling);
                    }
                },
                iter: 60
            );

    [Fact]
    public void The_ceiling_lies_between_the_maximum_matching_and_the_smallest_cover() =>
        Gen.Select(NearestOtherLabelTests.Images(11, 1, 4), Gen.Double[0, 0.6])
            .Sample(
                (images, distance) =>
                {
                    var ceiling = ConflictGraph.Build(images, [distance]).CeilingAt(distance);
                    var edges = Pairs(images)
                        .Where(p => p.Squared == 0 || Math.Sqrt(p.Squared) / 255 < distance)
                        .Select(p => (p.First, p.Second))
                        .ToArray();
                    var cover = Enumerable
                        .Range(0, 1 << images.Count)
                        .Where(set => edges.All(e => ((set >> e.First) & 1) + ((set >> e.Second) & 1) > 0))
                        .Min(set => BitOperations.PopCount((uint)set));
                    ceiling.Lost.ShouldBeInRange(LargestMatching(edges, 0, 0), cover);
                    if (ceiling.IsExact)
                    {
                        ceiling.Lost.ShouldBe(cover);
                    }
                },
                iter: 400
            );

    [Fact]
    public void Three_equal_images_of_three_classes_cost_two()
    {
        var images = new LabelledImages(new byte[] { 7, 7, 7, 200 }, new[] { 0, 1, 2, 0 });
        var ceiling = ConflictGraph.Build(images, [0]).CeilingAt(0);
        ceiling.Conflicts.ShouldBe(3);
        ceiling.Lost.ShouldBe(2, "half of the double cover's matching of three, rounded up");
        ceiling.Ceiling.ShouldBe(0.5);
    }

    [Fact]
    public void Too_many_conflicts_lower_the_reach_and_leave_a_true_if_weaker_ceiling()
    {
        var pixels = Enumerable.Range(0, 100).Select(i => (byte)(2 * i)).ToArray();
        var images = new LabelledImages(pixels, pixels.Select(p => p / 2 % 2).ToArray());
        var full = ConflictGraph.Build(images, [0.01, 0.5]);
        var small = ConflictGraph.Build(images, [0.01, 0.5], maxEdges: 150);
        small.Reach.ShouldBe(0.01);
        small.Edges.Length.ShouldBe(99);
        var ceiling = small.CeilingAt(0.5);
        ceiling.IsTruncated.ShouldBeTrue();
        ceiling.Ceiling.ShouldBeGreaterThanOrEqualTo(full.CeilingAt(0.5).Ceiling);
        full.CeilingAt(0.5).IsTruncated.ShouldBeFalse();
    }

    private static IEnumerable<(int First, int Second, long Squared)> Pairs(LabelledImages images)
    {
        for (var i = 0; i < images.Count; i++)
        {
            for (var j = i + 1; j < images.Count; j++)
            {
                if (images.Labels.Span[i] != images.Labels.Span[j])
                {
                    var squared = 0L;
                    for (var p = 0; p < images.Dimension; p++)
                    {
                        var difference = images.Image(i)[p] - images.Image(j)[p];
                        squared += difference * difference;
                    }

                    yield return (i, j, squared);
                }
            }
        }
    }

    private static int LargestMatching((int First, int Second)[] edges, int from, int used)
    {
        var best = 0;
        for (var e = from; e < edges.Length; e++)
        {
            var ends = (1 << edges[e].First) | (1 << edges[e].Second);
            if ((used & ends) == 0)
            {
                best = Math.Max(best, 1 + LargestMatching(edges, e + 1, used | ends));
            }
        }

        return best;
    }
}
