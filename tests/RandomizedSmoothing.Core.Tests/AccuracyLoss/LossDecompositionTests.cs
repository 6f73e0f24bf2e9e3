using CsCheck;
using RandomizedSmoothing.Core.AccuracyLoss;

namespace RandomizedSmoothing.Core.Tests.AccuracyLoss;

public sealed class LossDecompositionTests
{
    [Fact]
    public void The_parts_add_up_exactly() =>
        (
            from images in Gen.Int[1, 10_000]
            from clean in Gen.Int[0, images]
            from trained in Gen.Int[0, images]
            from smoothed in Gen.Int[0, images]
            from abstained in Gen.Int[0, images - smoothed]
            select new LossDecomposition(images, clean, trained, smoothed, abstained)
        ).Sample(loss =>
        {
            (loss.TrainingImages + loss.WrongImages + loss.AbstainedImages).ShouldBe(loss.TotalImages);
            (loss.SmoothedCorrect + loss.SmoothedWrong + loss.SmoothedAbstained).ShouldBe(loss.Images);
            (loss.Training + loss.Wrong + loss.Abstained)!.Value.ShouldBe(loss.Total, 1e-12);
            (loss.TrainingImages + loss.SmoothingImages).ShouldBe(loss.TotalImages);
        });

    [Fact]
    public void Wrong_answers_and_abstentions_are_not_told_apart_where_images_are_not_estimated()
    {
        var loss = new LossDecomposition(10, 10, 8, 6, 1, 3);

        (loss.TotalImages, loss.TrainingImages, loss.SmoothingImages).ShouldBe((4, 2, 2));
        (loss.IsSplit, loss.SmoothedWrong, loss.WrongImages, loss.AbstainedImages).ShouldBe((false, null, null, null));
        (loss.Wrong, loss.Abstained).ShouldBe((null, null));
    }

    [Fact]
    public void More_answers_than_images_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new LossDecomposition(10, 11, 5, 5, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new LossDecomposition(10, 9, 8, 7, 4));
        Should.Throw<ArgumentOutOfRangeException>(() => new LossDecomposition(10, 9, 8, 7, 2, 2));
    }

    [Fact]
    public void Plurality_accuracy_always_lies_in_the_sandwich() =>
        (
            from classes in Gen.Int[2, 5]
            from votes in Gen.Int[1, 30]
            from answers in Gen.Int[0, classes - 1].Array[votes].Array[1, 20]
            select (classes, votes, answers)
        ).Sample(t =>
        {
            // The true label is 0. Ties go to the highest or the lowest label; both readings must fit.
            var counts = t.answers.Select(a =>
                Enumerable.Range(0, t.classes).Select(y => a.Count(v => v == y)).ToArray()
            );
            var sandwich = new VoteSandwich(
                t.answers.Length,
                t.classes,
                t.votes,
                t.answers.Sum(a => a.Count(y => y == 0))
            );
            foreach (
                var correct in new[] { counts.Count(c => c[0] == c.Max()), counts.Count(c => c[0] > c.Skip(1).Max()) }
            )
            {
                sandwich.Allows(correct).ShouldBeTrue();
                (correct / (double)t.answers.Length).ShouldBeInRange(sandwich.Lower - 1e-12, sandwich.Upper + 1e-12);
            }
        });

    [Fact]
    public void The_sandwich_excludes_what_votes_cannot_give()
    {
        var sandwich = new VoteSandwich(images: 10, classes: 2, votesPerImage: 10, votesForTruth: 90);
        (sandwich.NoisyAccuracy, sandwich.Lower, sandwich.Upper).ShouldBe((0.9, 0.8, 1));
        sandwich.Allows(7).ShouldBeFalse();
        sandwich.Allows(8).ShouldBeTrue();
        sandwich.Allows(11).ShouldBeFalse();
        new VoteSandwich(10, 2, 10, 20).Allows(5).ShouldBeFalse();
    }

    [Fact]
    public void Disparity_measures_follow_from_the_class_counts()
    {
        var disparity = ClassDisparity.Of(3, [(0, 0), (0, 0), (0, 1), (0, -1), (1, 1), (1, 1), (1, 0), (1, 1)]);
        disparity.Classes.ShouldBe([new ClassTally(4, 2, 3), new ClassTally(4, 3, 4), new ClassTally(0, 0, 0)]);
        disparity.Range.ShouldBe(0.25);
        disparity.StandardDeviation.ShouldBe(0.125);
        disparity.WorstClass.ShouldBe(0);
        disparity.Vanished.ShouldBe([2]);
    }

    [Fact]
    public void A_class_vanishes_at_the_level_from_which_on_it_never_returns()
    {
        ClassDisparity Regions(params int[] sizes) => new(sizes.Select(s => new ClassTally(5, 0, s)));
        ClassDisparity
            .VanishingSigmas([
                (0.5, Regions(3, 0, 0)),
                (0.25, Regions(3, 1, 0)),
                (0, Regions(3, 0, 2)),
                (1, Regions(9, 0, 0)),
            ])
            .ShouldBe([null, 0.5, 0.25]);
    }
}
