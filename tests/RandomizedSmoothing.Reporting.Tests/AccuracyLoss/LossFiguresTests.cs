using RandomizedSmoothing.Reporting.AccuracyLoss;
using RandomizedSmoothing.Reporting.AccuracyLoss.Page;
using RandomizedSmoothing.Reporting.Curves;

namespace RandomizedSmoothing.Reporting.Tests.AccuracyLoss;

public sealed class LossFiguresTests
{
    private static readonly LossReport Report = LossReport.Of(
        LossSample.Of(
            [0, 1, 2, 0, 1, 2],
            [
                (0, "gaussian", 0),
                (0, "gaussian", 0.25),
                (0, "gaussian", 0.5),
                (0.25, "gaussian", 0),
                (0.25, "gaussian", 0.25),
                (0.5, "gaussian", 0),
                (0.5, "gaussian", 0.5),
            ],
            (cell, at) =>
                cell.Sigma == 0
                    ? [.. Enumerable.Range(0, 3).Select(c => c == at % 3 ? 1L : 0)]
                    : [.. Enumerable.Range(0, 3).Select(c => c == at % 3 ? 1000 - (400 * at / 5) : 200L * at / 5)]
        ),
        LossSample.Pixels
    );

    [Fact]
    public void A_sweep_with_every_cell_has_every_figure_in_both_forms()
    {
        var figures = LossFigures.Of(Report);

        figures.Select(f => f.Name).ShouldBe(["decomposition", "accuracy", "grid", "draws"]);
        foreach (var (name, figure) in figures)
        {
            var png = LossPlots.Png(figure);
            png.AsSpan(0, 4).SequenceEqual(new byte[] { 0x89, 0x50, 0x4E, 0x47 }).ShouldBeTrue(name);
            LossPlots.Svg(figure).ShouldBe(LossPlots.Svg(figure), name);
        }
    }

    [SkippableFact]
    public void Drawn_text_names_parts_axes_and_cells_and_lies_below_the_data()
    {
        Skip.IfNot(CurvePlots.CanLetter, "This machine has no typeface.");
        var figures = LossFigures.Of(Report).ToDictionary(f => f.Name, f => LossPlots.Svg(f.Figure));

        foreach (var word in new[] { "training with noise", "smoothing: wrong", "smoothing: abstained", "0.25", "0.5" })
        {
            Words(figures["decomposition"]).ShouldContain(word);
        }

        Words(figures["accuracy"]).ShouldContain("smoothed, clean-trained");
        Words(figures["accuracy"]).ShouldContain(w => w.EndsWith("data-only ceiling", StringComparison.Ordinal));
        Words(figures["grid"]).ShouldContain("100.0");
        Words(figures["draws"]).ShouldContain("1,000");
    }

    [Theory]
    [InlineData(new[] { 3.0, -1.0, 2.0 }, new[] { 0.0, 3.0, 0.0, -1.0, 3.0, 5.0 })]
    [InlineData(new[] { -1.0, double.NaN, -2.0 }, new[] { 0.0, -1.0, 0.0, 0.0, -1.0, -3.0 })]
    public void Gains_pile_up_downward(double[] parts, double[] ends) =>
        StackedBars.Pile(parts).SelectMany(p => new[] { p.From, p.To }).ShouldBe(ends);

    [Fact]
    public void Tables_have_one_value_a_column_and_csv_starts_with_their_names()
    {
        foreach (var table in LossTables.Of(Report))
        {
            table.Rows.ShouldAllBe(r => r.Count == table.Columns.Count, table.Name);
            LossTables.Csv(table).ShouldStartWith(string.Join(',', table.Columns) + "\n");
        }
    }

    [Fact]
    public void The_page_is_one_file_without_connections_and_its_pictures_are_described()
    {
        var page = LossPage.Of(Report, LossSample.Pixels);

        page.ShouldNotContain("http");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("NaN");
        page.ShouldContain("role=\"img\" aria-label=\"accuracy lost (points)");
        foreach (
            var head in new[] { "Where the accuracy goes", "Accuracy against noise", "Training against smoothing" }
        )
        {
            page.ShouldContain(head);
        }
    }

    [Fact]
    public void The_page_explains_only_the_rows_and_columns_that_it_has()
    {
        const string Row = "Row 0 is the network that saw no noise";
        const string Column = "σ = 0 is the network by itself";
        var noisy = Report with
        {
            Groups =
            [
                .. Report.Groups.Select(g =>
                    g with
                    {
                        Cells = [.. g.Cells.Where(c => c is { TrainSigma: > 0, Sigma: > 0 })],
                    }
                ),
            ],
        };

        var whole = LossPage.Of(Report, LossSample.Pixels);
        var part = LossPage.Of(noisy, LossSample.Pixels);

        whole.ShouldContain(Row);
        whole.ShouldContain(Column);
        part.ShouldContain("Images that are answered right, in percent.");
        part.ShouldNotContain(Row);
        part.ShouldNotContain(Column);
    }

    [Fact]
    public void An_axis_of_accuracies_starts_at_a_round_number_below_them()
    {
        LossPanel.FloorOf([0.75, 0.96]).ShouldBe(0.6, 1e-12);
        LossPanel.FloorOf([0.02, 1]).ShouldBe(0);
        LossPanel.FloorOf([1, double.NaN]).ShouldBe(0.8);
    }

    private static List<string> Words(string svg) =>
        [
            .. System
                .Xml.Linq.XDocument.Parse(svg)
                .Descendants()
                .Where(e => e.Name.LocalName == "text")
                .Select(e => e.Value.Trim()),
        ];
}
