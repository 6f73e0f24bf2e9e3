using RandomizedSmoothing.Cluster.Aggregation;
using RandomizedSmoothing.Cluster.Coordination;
using RandomizedSmoothing.Cluster.Ledger;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cluster.Tests.Aggregation;

/// <summary>What is left of a cell.</summary>
public sealed class CellTallyTests
{
    [Fact]
    public void Unfinished_images_are_told_as_ranges()
    {
        var tally = Tally(10, finished: [0, 1, 4, 9]);

        tally.Unfinished(tally.All).ShouldBe([new OrdinalRange(2, 2), new OrdinalRange(5, 4)]);
        tally.Unfinished(new OrdinalRange(3, 3)).ShouldBe([new OrdinalRange(3, 1), new OrdinalRange(5, 1)]);
        tally.ImagesDone.ShouldBe(4);
    }

    [Fact]
    public void Too_many_ranges_are_joined_over_the_narrowest_gaps_and_nothing_is_left_out()
    {
        const int Images = 40_000;
        var finished = Enumerable.Range(0, Images).Where(i => i % 2 == 1 || i % 1000 is 500 or 502).ToList();
        var tally = Tally(Images, finished);

        var ranges = tally.Unfinished(tally.All);

        ranges.Count.ShouldBe(CellTally.MostRanges);
        var told = OrdinalRanges.Of(ranges);
        Enumerable.Range(0, Images).Except(finished).ShouldAllBe(i => told.Contains(new OrdinalRange(i, 1)));
        told.Contains(new OrdinalRange(500, 1)).ShouldBeFalse();
    }

    private static CellTally Tally(int images, IEnumerable<int> finished)
    {
        var sweep = TestSweeps.Sweep(cells: 1, images: images, n0: 1, n: 1, step: 1);
        var dataset = sweep.DatasetOf(sweep.Cells[0]);
        var tally = new CellTally(dataset, new FixedStoppingRule(sweep.Plan));
        foreach (var image in finished)
        {
            tally.Apply(
                new StoredVotes(
                    image,
                    [
                        .. Enum.GetValues<DrawStream>()
                            .Select(s => new VoteSnapshot(image, s, new VoteCounts(1, 0, 0, 0), 0)),
                    ]
                )
            );
        }

        return tally;
    }
}
