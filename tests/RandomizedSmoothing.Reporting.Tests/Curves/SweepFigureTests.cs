using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Curves;
using RandomizedSmoothing.Reporting.Html;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Tests.AccuracyLoss;

namespace RandomizedSmoothing.Reporting.Tests.Curves;

public sealed class SweepFigureTests
{
    [Fact]
    public void Few_curves_share_a_panel_and_cells_without_noise_have_none()
    {
        var figure = Figure(["gaussian", "exp-l2"], [0, 0.25], [0, 0.25]);

        var panel = figure.Panels.ShouldHaveSingleItem();
        panel.Title.ShouldBe("");
        panel
            .Series.Select(s => s.Label)
            .ShouldBe([
                "exp-l2, σ = 0.25, trained at 0",
                "exp-l2, σ = 0.25",
                "gaussian, σ = 0.25, trained at 0",
                "gaussian, σ = 0.25",
            ]);
    }

    [Fact]
    public void Families_have_panels_of_their_own_where_colours_would_repeat()
    {
        var figure = Figure(["gaussian", "exp-l2"], [0, 0.25], [0.25, 0.5, 1]);

        figure.Panels.Select(p => p.Title).ShouldBe(["gaussian", "exp-l2"]);
        figure.Panels.ShouldAllBe(p => p.Series.Count == 6 && p.Series.All(s => s.Slot < Palette.Count));
    }

    [Fact]
    public void Networks_that_are_smoothed_at_their_own_sigma_alone_share_a_panel_however_many()
    {
        double[] sigmas = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
        var cells = sigmas.SelectMany(s => Cells(["gaussian"], [s], [s])).ToList();
        var panel = SweepFigure.Of(cells, []).Panels.ShouldHaveSingleItem();
        panel.Series.Count.ShouldBe(10);
        panel.Series.Select(s => s.Slot).ShouldBeUnique();
        CurveSvg.Panel(new CurveFigure { Panels = [panel] }, panel).ShouldNotContain("class=\"band");
        panel = panel with { Series = [.. panel.Series.Take(Palette.Count)] };
        CurveSvg.Panel(new CurveFigure { Panels = [panel] }, panel).ShouldContain("class=\"band");
    }

    [Fact]
    public void Norms_have_panels_and_axes_of_their_own()
    {
        var figure = Figure(["gaussian", "uniform", "laplace"], [0.25], [0.25, 1]);

        figure.Panels.Select(p => (p.Title, p.Norm, p.Series.Count)).ShouldBe([("ℓ2", Norm.L2, 2), ("ℓ1", Norm.L1, 4)]);
        figure
            .Panels.Select(p => p.RadiusLabel)
            .ShouldBe(["ℓ2 radius (pixels in [0, 1])", "ℓ1 radius (pixels in [0, 1])"]);
        figure.Panels.ShouldAllBe(p => figure.RadiusEnd(p) == p.Series.Max(s => s.LargestRadius) * 1.06);
        CurveSvg.Panel(figure, figure.Panels[1]).ShouldContain("ℓ1 radius");
    }

    [Fact]
    public void A_published_log_is_drawn_in_the_panel_of_its_norm()
    {
        const string Rows = "idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t1\t1\t0.5\t1\t1.0\n";
        var logs = new[] { "shapes__net__uniform__0.25.tsv", "mine.tsv" }.Select(p => CohenTsvReader.Parse(Rows, p));
        var figure = SweepFigure.Of(Cells(["gaussian", "uniform"], [0.25], [0.25]), [.. logs]);

        figure
            .Panels.Select(p => p.Series.Where(s => s.IsPublished).Select(s => s.Label))
            .ShouldBe([
                ["mine.tsv"],
                ["shapes · net · uniform · σ = 0.25", "mine.tsv"],
            ]);
    }

    [Fact]
    public void A_large_grid_has_a_panel_for_each_training_sigma_and_one_colour_a_sigma()
    {
        var figure = Figure(["gaussian"], [0, 0.25, 0.5], [0, 0.25, 0.5, 1]);

        figure.Panels.Select(p => p.Title).ShouldBe(["trained at σ = 0", "trained at σ = 0.25", "trained at σ = 0.5"]);
        figure.Panels.ShouldAllBe(p => p.Series.Select(s => s.Slot).SequenceEqual(new[] { 0, 1, 2 }));
        figure.Panels[1].Series[0].Label.ShouldBe("σ = 0.25");
    }

    private static CurveFigure Figure(string[] noises, double[] train, double[] sigmas) =>
        SweepFigure.Of(Cells(noises, train, sigmas), []);

    private static IReadOnlyList<CellReport> Cells(string[] noises, double[] train, double[] sigmas)
    {
        var cells = from noise in noises from t in train from sigma in sigmas select ((double?)t, noise, sigma);
        var results = LossSample.Of(
            [0, 1, 2],
            [.. cells],
            (cell, at) =>
                [
                    .. Enumerable
                        .Range(0, 3)
                        .Select(c =>
                            c == at
                                ? cell.Sigma > 0
                                    ? 1000L
                                    : 1
                                : 0
                        ),
                ]
        );
        return results.Certify();
    }
}
