using System.Globalization;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Runs;
using RandomizedSmoothing.Reporting.Tables;

namespace RandomizedSmoothing.Reporting.Tests.Runs;

public sealed class RunTableTests
{
    [SkippableFact]
    public void The_published_tables_come_out_cell_for_cell_and_star_for_star()
    {
        var folder = RepositoryFiles.Shared("cohen-logs");
        var cells = 0;
        foreach (var table in RepositoryFiles.GoldenRows("cohen_published_tables.csv").GroupBy(r => r[1]))
        {
            var paths = table.Select(r => r[7]).Distinct().ToList();
            var radii = table.Select(r => double.Parse(r[3], CultureInfo.InvariantCulture)).Distinct().ToList();
            var runs = paths
                .Select(p => CohenTsv.Read(Path.Combine(folder, p["data/".Length..])))
                .Select(log => CertifiedRun.OfLog(log, null))
                .ToList();
            var layout = TableLayout.Of(RunTable.Of(runs, radii, 2) with { ShowSummary = false });
            foreach (var row in table)
            {
                var sigma = double.Parse(row[2], CultureInfo.InvariantCulture);
                var line = layout.Rows.Single(r => r[0].Text == TableLayout.Number(sigma));
                var radius = double.Parse(row[3], CultureInfo.InvariantCulture);
                var cell = line[layout.KeyColumns + radii.IndexOf(radius)];
                cell.Text.ShouldBe(row[4], string.Join(',', row));
                cell.IsBest.ShouldBe(row[5] == "1", string.Join(',', row));
                cells++;
            }
        }

        cells.ShouldBe(42);
    }

    [Fact]
    public void All_rows_that_share_the_best_value_are_marked_and_none_at_zero()
    {
        var table = new AccuracyTable
        {
            Radii = [0, 1],
            Rows =
            [
                Row("a", 0.5, 0),
                Row("b", 0.5, 0),
                Row("c", 0.4, 0),
                Row("other", 0.1, 0) with
                {
                    Dataset = "else",
                },
            ],
        };
        Enumerable.Range(0, 4).Select(row => table.IsBest(row, 0)).ShouldBe([true, true, false, true]);
        Enumerable.Range(0, 4).Select(row => table.IsBest(row, 1)).ShouldAllBe(best => !best);
    }

    [Theory]
    [InlineData("grid")]
    [InlineData("markdown")]
    [InlineData("latex")]
    [InlineData("csv")]
    [InlineData("json")]
    public void The_table_of_a_sweep_is_as_approved(string form)
    {
        var results = SampleSweep.Create(unfinished: 7, models: ["lenet", "wide_net"]);
        var table = SweepTable.Of(results.Certify(), results.Sweep.Report);
        var text = form switch
        {
            "grid" => TableText.Grid(table),
            "markdown" => TableText.Markdown(table),
            "latex" => TableText.Latex(table),
            "csv" => TableData.Csv(table),
            _ => TableData.Json(table),
        };
        Approved.Match(text, form);
    }

    [Fact]
    public void Mean_draws_have_a_column_where_images_stop_early()
    {
        var results = SampleSweep.Create();
        var early = results.Votes[0] with
        {
            Images =
            [
                .. results
                    .Votes[0]
                    .Images.Select(
                        (v, at) => at % 2 == 0 ? v : v with { Estimation = VoteCounts.None(SampleSweep.Classes) }
                    ),
            ],
        };
        var plan = results.Sweep.Plan with { Images = CertifiedImages.Correct };
        var wrong = early with
        {
            Images =
            [
                .. early.Images.Select(
                    (v, at) => at % 2 == 0 ? v : v with { Label = (v.Label + 1) % SampleSweep.Classes }
                ),
            ],
        };
        var sweep = results.Sweep with { Plan = plan };
        var table = SweepTable.Of([CellReport.Of(sweep, wrong)], sweep.Report);
        table.Rows[0].MeanDraws.ShouldNotBeNull().ShouldBeLessThan(700);
        TableLayout.Of(table).Headers.ShouldContain("draws");
        TableLayout.Of(SweepTable.Of(results.Certify(), sweep.Report)).Headers.ShouldNotContain("draws");
    }

    [Fact]
    public void A_log_without_sigma_or_model_still_has_a_row()
    {
        var log = CohenTsvReader.Parse(
            CohenTsv.Header + "\n0\t1\t1\t0.5\t1\t1.0\n1\t1\t-1\t0.0\t0\t1.0\n",
            "x/mine.tsv"
        );
        var run = CertifiedRun.OfLog(log, LogAudit.Of([log])[0]);
        var text = TableText.Grid(RunTable.Of([run], [0, 0.5], 2));
        text.ShouldContain("0.50");
        text.ShouldContain("mine.tsv");
    }

    private static AccuracyRow Row(string model, params double[] accuracies) =>
        new()
        {
            Dataset = "toy",
            Model = model,
            Accuracies = accuracies,
        };
}
