using CsCheck;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Reporting.AccuracyLoss;
using RandomizedSmoothing.Reporting.AccuracyLoss.Page;

namespace RandomizedSmoothing.Reporting.Tests.AccuracyLoss;

public sealed class LossReportTests
{
    private static readonly (double? Train, string Noise, double Sigma)[] Square =
    [
        (0, "gaussian", 0),
        (0, "gaussian", 0.25),
        (0.25, "gaussian", 0),
        (0.25, "gaussian", 0.25),
    ];

    [Fact]
    public void The_loss_of_each_smoothed_cell_is_told_apart_into_training_wrong_answers_and_abstentions()
    {
        // Four images of class 0: A0 = 4, B = 3, smoothed at .25: two right, one abstained, one wrong.
        var results = LossSample.Of(
            [0, 0, 0, 0],
            Square,
            (cell, at) =>
                cell switch
                {
                    (0.0, _, 0.0) => [1, 0, 0],
                    (_, _, 0.0) => at < 3 ? [1, 0, 0] : [0, 1, 0],
                    (0.0, _, _) => [0, 0, 1000],
                    _ => at switch
                    {
                        < 2 => [990, 10, 0],
                        2 => [520, 480, 0],
                        _ => [100, 900, 0],
                    },
                }
        );

        var report = LossReport.Of(results, LossSample.Pixels);
        var group = report.Groups.ShouldHaveSingleItem();
        var step = group.Steps.Single(s => s.Smoothed.TrainSigma == 0.25).Parts;

        (step.TotalImages, step.TrainingImages, step.WrongImages, step.AbstainedImages).ShouldBe((2, 1, 0, 1));
        var clean = group.Steps.Single(s => s.Smoothed.TrainSigma == 0).Parts;
        (clean.TotalImages, clean.TrainingImages, clean.WrongImages, clean.AbstainedImages).ShouldBe((4, 0, 4, 0));
        LossGroup.VanishingSigmas(group.CleanTrained).ShouldBe([0.25, null, null]);
        LossGroup.VanishingSigmas(group.Matched).ShouldBe([null, null, null]);
        group
            .LostImages()
            .Select(l => (l.ImageIndex, l.Before, l.After, l.Rival, l.VoteForLabel, l.Sigma))
            .ShouldBe([(3, 0, 1, 1, 0.1, 0.25), (2, 0, -1, 1, 0.52, 0.25)]);
        report.Ceilings.ShouldHaveSingleItem().Bound.Ceiling.ShouldBe(1);
        report.Missing.Select(m => m.Part).ShouldBe(["noise families"]);
        LossPage
            .Finding(report)
            .ShouldStartWith(
                "On shapes, net loses 50.0 points of accuracy at σ = 0.25: 25.0 through training with noise, 25.0 through abstentions."
            );
    }

    [Fact]
    public void Parts_add_up_and_the_sandwich_holds_for_any_votes() =>
        Gen.Int[0, 2]
            .Array[1, 12]
            .SelectMany(labels =>
                Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1000], Gen.Int[0, 1000])
                    .Array[labels.Length * Square.Length]
                    .Select(votes => (labels, votes))
            )
            .Sample(
                t =>
                {
                    var results = LossSample.Of(
                        t.labels,
                        Square,
                        (cell, at) =>
                        {
                            var (top, a, b) = t.votes[(Array.IndexOf(Square, cell) * t.labels.Length) + at];
                            var (low, high) = (Math.Min(a, b), Math.Max(a, b));
                            return cell.Sigma == 0
                                ? [top == 0 ? 1 : 0, top == 1 ? 1 : 0, top == 2 ? 1 : 0]
                                : [low, high - low, LossSample.Draws - high];
                        }
                    );
                    var group = LossReport.Of(results).Groups.Single();

                    group.Cells.ShouldAllBe(c => c.SandwichHolds == true);
                    group.Steps.Count.ShouldBe(2);
                    group.Steps.ShouldAllBe(s =>
                        s.Parts.TrainingImages + s.Parts.WrongImages + s.Parts.AbstainedImages == s.Parts.TotalImages
                        && s.Parts.TotalImages == s.Parts.CleanCorrect - s.Smoothed.Correct
                    );
                    foreach (var cell in group.Cells.Where(c => c.Sigma > 0))
                    {
                        cell.ByDraws[^1].Correct.ShouldBe(cell.Accuracy, 1e-12);
                    }
                },
                iter: 60
            );

    // Ten images, A0 = 10, B = 8; smoothed, six are right, three surely the last one's class, and that one is split.
    private static LossReport Ten(CertifiedImages estimated) =>
        LossReport.Of(
            LossSample.Of(
                [.. Enumerable.Repeat(0, 9), 1],
                Square,
                (cell, at) =>
                    cell switch
                    {
                        (0.25, _, 0.0) => at is < 8 or 9 ? [1, 0, 0] : [0, 1, 0],
                        (_, _, 0.0) => at < 9 ? [1, 0, 0] : [0, 1, 0],
                        _ => at switch
                        {
                            < 6 => [990, 10, 0],
                            < 9 => estimated == CertifiedImages.All ? [10, 990, 0] : [0, 1, 0],
                            _ => [490, 510, 0],
                        },
                    },
                estimated
            )
        );

    [Fact]
    public void Images_that_are_not_estimated_are_neither_wrong_answers_nor_abstentions()
    {
        var (all, correct) = (Ten(CertifiedImages.All), Ten(CertifiedImages.Correct));
        var (whole, part) = (all.Groups.Single(), correct.Groups.Single());
        var cell = part.Find(0.25, 0.25)!;

        LossPage
            .Finding(all)
            .ShouldContain(": 20.0 through training with noise, 10.0 through wrong answers, 10.0 through abstentions.");
        LossPage.Finding(correct).ShouldContain(": 20.0 through training with noise, 20.0 through smoothing.");
        (cell.Correct, cell.Abstained, cell.NotEstimated).ShouldBe((6, 1, 3));
        all.Missing.ShouldNotContain(m => m.Part == "wrong answers and abstentions");
        correct
            .Missing.Single(m => m.Part == "wrong answers and abstentions")
            .Remedy.ShouldContain("set certify.images to all");
        LossFigures.Decomposition(whole)!.Series.Count.ShouldBe(3);
        LossFigures
            .Decomposition(part)!
            .Series.Select(s => (s.Name, s.Y[0]))
            .ShouldBe([("training with noise", 20), ("smoothing", 20)]);
        LossGroup.SilentSigmas(whole.Matched).ShouldBe([null, null, null]);
        LossGroup.SilentSigmas(part.Matched).ShouldBe([null, null, null]);
        part.LostImages()
            .Select(l => (l.ImageIndex, l.NotEstimated))
            .ShouldBe([(6, true), (7, true), (8, true), (9, false)]);
    }

    [Fact]
    public void Tables_and_the_page_leave_open_what_is_not_estimated()
    {
        var report = Ten(CertifiedImages.Correct);
        var tables = LossTables.Of(report).ToDictionary(t => t.Name);
        Dictionary<string, object?> Row(string name, Func<Dictionary<string, object?>, bool> which) =>
            tables[name]
                .Rows.Select(row => tables[name].Columns.Zip(row).ToDictionary(c => c.First, c => c.Second))
                .First(which);
        var step = Row("decomposition", r => r["train_sigma"] is 0.25);

        (step["wrong"], step["abstained"], step["smoothed_abstained"]).ShouldBe((null, null, 1));
        (step["smoothing"], step["smoothed_not_estimated"]).ShouldBe((0.2, 3));
        Row("cells", r => r["train_sigma"] is 0.25 && r["sigma"] is 0.25)["not_estimated"].ShouldBe(0.3);
        Row("classes", r => r["sigma"] is 0.25)["region"].ShouldBeNull();
        Row("lost", r => r["image"] is 6)["not_estimated"].ShouldBe(true);
        var page = LossPage.Of(report, null);
        page.ShouldContain("told apart into wrong answers and abstentions where every image is estimated");
        page.ShouldContain("not circle, not estimated");
        page.ShouldContain("<b>wrong answers and abstentions</b>");
        page.ShouldNotContain("smoothing: abstained");
        LossPage.Of(Ten(CertifiedImages.All), null).ShouldNotContain("estimated");
    }

    [Fact]
    public void An_image_that_a_low_level_loses_unshown_does_not_stand_under_a_higher_one()
    {
        // Six images are lost at .25, of which four are shown; at .5 the seventh goes too.
        var results = LossSample.Of(
            [0, 0, 0, 0, 0, 0, 0],
            [(null, "gaussian", 0), (null, "gaussian", 0.25), (null, "gaussian", 0.5)],
            (cell, at) =>
                cell.Sigma == 0 ? [1, 0, 0]
                : at == 6 && cell.Sigma == 0.25 ? [900, 100, 0]
                : [10 * at, 1000 - (10 * at), 0]
        );

        var lost = LossReport.Of(results).Groups.Single().LostImages();

        lost.Select(l => (l.ImageIndex, l.Sigma)).ShouldBe([(0, 0.25), (1, 0.25), (2, 0.25), (3, 0.25), (6, 0.5)]);
    }

    [Fact]
    public void A_sweep_without_some_cells_says_which_keys_to_add()
    {
        var own = Report((0.25, "gaussian", 0.25));
        own.Groups.Single().Steps.ShouldBeEmpty();
        own.Missing.Single(m => m.Part == "decomposition")
            .Remedy.ShouldContain("models.net.train.sigmas and to sigmas");
        own.Missing.ShouldContain(m => m.Part == "train × test grid");

        var both = Report((0, "gaussian", 0), (0.25, "gaussian", 0.25));
        both.Missing.Single(m => m.Part == "training cost").Remedy.ShouldContain("a list that holds 0");

        var imported = Report((null, "gaussian", 0.25));
        imported.Missing.Single(m => m.Part == "decomposition").Remedy.ShouldContain("add 0 to sigmas");

        var whole = Report((null, "gaussian", 0), (null, "gaussian", 0.25));
        whole.Groups.Single().Steps.Single().Parts.TrainingImages.ShouldBe(0);
        LossPage.Finding(whole).ShouldBe("On shapes, net loses no accuracy up to σ = 0.25.");
        whole.Missing.ShouldNotContain(m => m.Part == "decomposition" || m.Part == "training cost");
    }

    [Fact]
    public void The_network_that_saw_no_noise_stands_in_the_group_of_every_family()
    {
        var report = Report([
            .. Square,
            (0, "matched-laplace", 0.25),
            (0.25, "matched-laplace", 0),
            (0.25, "matched-laplace", 0.25),
        ]);

        report.Groups.Select(g => g.Noise).ShouldBe(["gaussian", "matched-laplace"]);
        report.Groups.ShouldAllBe(g => g.Steps.Count == 2);
        report.Missing.Select(m => m.Part).ShouldBe(["data-only ceiling"]);
    }

    [Fact]
    public void A_sweep_that_has_just_begun_is_no_error()
    {
        var report = LossReport.Of(LossSample.Of([0, 1], Square, (_, _) => [0, 0, 0]));

        report.Groups.ShouldBeEmpty();
        report.Missing.ShouldHaveSingleItem().Part.ShouldBe("everything");
    }

    private static LossReport Report(params (double? Train, string Noise, double Sigma)[] cells) =>
        LossReport.Of(
            LossSample.Of([0, 1, 2], cells, (cell, at) => [.. Enumerable.Range(0, 3).Select(c => Share(cell, c == at))])
        );

    private static long Share((double? Train, string Noise, double Sigma) cell, bool label) =>
        (cell.Sigma > 0, label) switch
        {
            (true, true) => 900,
            (true, false) => 50,
            (false, true) => 1,
            _ => 0,
        };
}
