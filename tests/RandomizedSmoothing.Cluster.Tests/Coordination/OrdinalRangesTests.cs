using CsCheck;
using RandomizedSmoothing.Cluster.Coordination;

namespace RandomizedSmoothing.Cluster.Tests.Coordination;

/// <summary>Sets of ordinals as ranges.</summary>
public sealed class OrdinalRangesTests
{
    private static readonly Gen<OrdinalRange> Range = Gen.Select(
        Gen.Int[0, 60],
        Gen.Int[0, 12],
        (first, count) => new OrdinalRange(first, count)
    );

    [Fact]
    public void Adding_and_removing_ranges_is_adding_and_removing_their_members()
    {
        Gen.Select(Gen.Bool, Range)
            .Array[0, 30]
            .Sample(steps =>
            {
                var set = new OrdinalRanges();
                var model = new SortedSet<int>();
                foreach (var (add, range) in steps)
                {
                    if (add)
                    {
                        set.Add(range);
                        model.UnionWith(Members(range));
                    }
                    else
                    {
                        set.Remove(range);
                        model.ExceptWith(Members(range));
                    }

                    ShouldBe(set, model);
                }
            });
    }

    [Fact]
    public void Taking_empties_the_set_from_below_in_pieces_without_gaps()
    {
        Gen.Select(Range.Array[0, 10], Gen.Int[1, 7])
            .Sample(
                (ranges, size) =>
                {
                    var set = OrdinalRanges.Of(ranges);
                    var members = set.Ranges.SelectMany(Members).ToList();
                    var taken = new List<int>();
                    while (set.Take(size) is { } piece)
                    {
                        piece.Count.ShouldBeInRange(1, size);
                        taken.AddRange(Members(piece));
                    }

                    taken.ShouldBe(members);
                    set.Count.ShouldBe(0);
                }
            );
    }

    [Fact]
    public void What_lies_within_a_range_is_the_intersection()
    {
        Gen.Select(Range.Array[0, 10], Range)
            .Sample(
                (ranges, within) =>
                {
                    var set = OrdinalRanges.Of(ranges);

                    set.Within(within)
                        .SelectMany(Members)
                        .ShouldBe(set.Ranges.SelectMany(Members).Intersect(Members(within)));
                }
            );
    }

    private static IEnumerable<int> Members(OrdinalRange range) => Enumerable.Range(range.First, range.Count);

    private static void ShouldBe(OrdinalRanges set, SortedSet<int> model)
    {
        set.Ranges.SelectMany(Members).ShouldBe(model);
        set.Count.ShouldBe(model.Count);
        set.IsEmpty.ShouldBe(model.Count == 0);
        for (var i = 1; i < set.Ranges.Count; i++)
        {
            set.Ranges[i].First.ShouldBeGreaterThan(set.Ranges[i - 1].End);
        }
    }
}
