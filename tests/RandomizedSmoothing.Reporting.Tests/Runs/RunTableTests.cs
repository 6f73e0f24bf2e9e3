using System.Globalization;
using RandomizedSmoothing.Core.Certification;
using RandomizedSmoothing.Core.Noise;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Certificates;
using RandomizedSmoothing.Reporting.Html;
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
    public void Rows_of_which_the_same_is_known_are_told_apart_by_their_files()
    {
        var rows = CohenTsv.Header + "\n0\t1\t1\t0.5\t1\t1.0\n";
        CertifiedRun Run(string path) => CertifiedRun.OfLog(CohenTsvReader.Parse(rows, path), null);
        var table = RunTable.Of([Run("x/1/m_sigma_0.5"), Run("x/2/m_sigma_0.5"), Run("x/m_sigma_1.0")], [0], 2);
        table.Rows.Select(r => r.Run).ShouldBe(["1/m_sigma_0.5", "2/m_sigma_0.5", ""]);
        var layout = TableLayout.Of(table);
        layout.Headers.Take(layout.KeyColumns).ShouldContain("run");
        layout.Caption.ShouldStartWith("Certified accuracy at radius r");
    }

    [Fact]
    public void Long_names_lose_their_middle_in_a_terminal_where_they_still_differ()
    {
        AccuracyTable Of(params string[] models) =>
            new()
            {
                Radii = [0],
                Rows =
                [
                    .. models.Select(m => new AccuracyRow
                    {
                        Dataset = "d",
                        Model = m,
                        Accuracies = [0.5],
                    }),
                ],
            };
        var name = new string('a', 30) + "-middle-" + new string('z', 30);
        TableText.Grid(Of(name, "b")).ShouldContain(new string('a', 20) + "…" + new string('z', 19) + " ");
        TableText.Grid(Of(name, name.Replace("middle", "other", StringComparison.Ordinal))).ShouldContain(name);
        TableText.Markdown(Of(name, "b")).ShouldContain(name);
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
    [InlineData("gaussian", "ℓ2")]
    [InlineData("uniform", "ℓ1")]
    [InlineData("matched-laplace", "ℓ1")]
    [InlineData("exp-infinity", "ℓ∞")]
    [InlineData("exp-infinity-k10-j100", "ℓ1")]
    [InlineData("ablation-l0", "ℓ0")]
    [InlineData("of-another-program", "?")]
    public void The_norm_of_a_log_is_that_of_its_noise(string noise, string norm) =>
        RunTable.Of([Run($"mnist__lenet@0.5__{noise}__0.5.tsv")], [0], 2).Norm.ShouldBe(norm);

    [Fact]
    public void Nothing_is_known_of_the_norm_where_nothing_is_said_of_the_noise()
    {
        var table = RunTable.Of([Run("logs/mine.tsv")], [0, 0.5], 2);
        (table.Norm, table.Rows[0].Noise).ShouldBe(("?", "?"));
        TableData.Csv(table).ShouldEndWith(",,0\n");
    }

    [Fact]
    public void Stars_compare_radii_of_one_norm_only()
    {
        string[] noises = ["gaussian", "uniform", "laplace"];
        var runs = noises.Select((noise, at) => Run($"mnist__lenet@0.5__{noise}__0.5.tsv", at == 0 ? 1 : 2)).ToList();
        var table = RunTable.Of(runs, [0.5], 2);

        table
            .Rows.Select(r => (r.Noise, r.Norm))
            .ShouldBe([("gaussian", Norm.L2), ("laplace", Norm.L1), ("uniform", Norm.L1)]);
        table.Rows.Select(r => r.Accuracies[0]).ShouldBe([0.5, 1, 1]);
        Enumerable.Range(0, 3).ShouldAllBe(row => table.IsBest(row, 0));
        TableText.Grid(table).ShouldStartWith("Certified accuracy at ℓ2/ℓ1 radius r: mnist");
        TableLayout.Of(table).Headers.Take(2).ShouldBe(["noise", "norm"]);
        table.Notes.ShouldBe(["A star marks the best of its column for each norm."]);
        Finding
            .Of(table)
            .ShouldBe(
                "On mnist, smoothing with gaussian σ = 0.5 is certified at radius 0.5 on 50.0 % of 2 images and abstains on 0.0 %. On mnist, smoothing with laplace σ = 0.5 is certified at radius 0.5 on 100.0 % of 2 images and abstains on 0.0 %."
            );
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
    public void Images_that_are_not_estimated_have_a_column_of_their_own()
    {
        var results = SampleSweep.PartlyEstimated();
        var cells = results.Certify();
        var table = SweepTable.Of(cells, results.Sweep.Report);
        var (row, cell) = (table.Rows[1], cells[1]);

        cell.Certificates.Count(c => c.NotEstimated).ShouldBeGreaterThanOrEqualTo(20);
        cell.Certificates.Count(c => c.Abstained).ShouldBeGreaterThan(0);
        row.NotEstimated.ShouldBe(cell.Certificates.Count(c => c.NotEstimated) / 60.0);
        row.Abstained.ShouldBe(cell.Certificates.Count(c => c.Abstained) / 60.0);
        (row.Accuracies[0] + row.Abstained + row.Wrong + row.NotEstimated).ShouldBe(1, 1e-12);
        TableLayout.Of(table).Headers.ShouldContain("not estimated");
        TableLayout
            .Of(SweepTable.Of(SampleSweep.Create().Certify(), results.Sweep.Report))
            .Headers.ShouldNotContain("not estimated");
        table.Notes.ShouldContain(n => n.Contains("certify.images: correct", StringComparison.Ordinal));
        TableData.Csv(table).Split('\n')[2].ShouldEndWith(",l2," + TableLayout.Number(row.NotEstimated));
        TableData.Json(table).ShouldContain("\"notEstimated\": " + TableLayout.Number(row.NotEstimated));
        var runs = cells.Select(c => CertifiedRun.OfCell(c, results, "here")).ToList();
        runs[1].Row(table.Radii).NotEstimated.ShouldBe(row.NotEstimated);
        runs[1].Row(table.Radii).Abstained.ShouldBe(row.Abstained);
        ComparisonText.Grid(RunComparison.Of(runs, [0])).ShouldContain("abstained  not estimated");
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

    // Two images, of which so many are right.
    private static CertifiedRun Run(string path, int right = 1) =>
        CertifiedRun.OfLog(
            CohenTsvReader.Parse(
                $"{CohenTsv.Header}\n0\t1\t1\t0.5\t1\t1.0\n1\t{3 - right}\t1\t0.6\t{right - 1}\t1.0\n",
                path
            ),
            null
        );

    private static AccuracyRow Row(string model, params double[] accuracies) =>
        new()
        {
            Dataset = "toy",
            Model = model,
            Accuracies = accuracies,
        };
}
