using CsCheck;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Reporting.Tests.Logs;

public sealed class CohenTsvTests
{
    private const string Three = """
        idx	label	predict	radius	correct	time
        0	3	3	0.378	1	0:02:31.238689
        20	7	-1	0.0	0	15.6
        40	1	2	1.5	0	0:00:14
        """;

    [Fact]
    public void The_header_is_exactly_the_published_one() =>
        CohenTsv.Header.ShouldBe("idx\tlabel\tpredict\tradius\tcorrect\ttime");

    [Fact]
    public void Rows_are_read_in_both_time_formats()
    {
        var log = CohenTsvReader.Parse(Three + "\n", "x");
        log.Rows.ShouldBe([
            new LogRow(0, 3, 3, 0.378, true, TimeSpan.FromMicroseconds(151238689)),
            new LogRow(20, 7, -1, 0, false, TimeSpan.FromSeconds(15.6)),
            new LogRow(40, 1, 2, 1.5, false, TimeSpan.FromSeconds(14)),
        ]);
        log.Diagnoses.ShouldBeEmpty();
        log.IsTruncated.ShouldBeFalse();
    }

    [Fact]
    public void Carriage_returns_and_a_byte_order_mark_do_not_matter() =>
        CohenTsvReader
            .Parse("\uFEFF" + Three.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n", "x")
            .Rows.ShouldBe(CohenTsvReader.Parse(Three + "\n", "x").Rows);

    [Fact]
    public void What_is_written_reads_back() =>
        Gen.Select(
                Gen.Int[0, 100_000],
                Gen.Int[0, 999],
                Gen.Int[-1, 999],
                Gen.Double[0, 5],
                Gen.Long[0, 10_000_000_000]
            )
            .Array[0, 20]
            .Sample(values =>
            {
                var rows = values
                    .DistinctBy(v => v.Item1)
                    .Select(v => new LogRow(
                        v.Item1,
                        v.Item2,
                        v.Item3,
                        v.Item3 < 0 ? 0 : double.Parse(PythonText.General(v.Item4, 3)),
                        v.Item2 == v.Item3,
                        TimeSpan.FromMicroseconds(v.Item5)
                    ))
                    .ToList();
                using var stream = new MemoryStream();
                CohenTsv.Write(stream, rows);
                var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
                CohenTsvReader.Parse(text, "x").Rows.ShouldBe(rows);
            });

    [SkippableFact]
    public void A_published_log_is_written_byte_for_byte_as_it_was_read()
    {
        var path = RepositoryFiles.Shared("cohen-logs/certify/imagenet/resnet50/noise_0.50/test/sigma_0.50");
        using var stream = new MemoryStream();
        CohenTsv.Write(stream, CohenTsv.Read(path).Rows);
        System.Text.Encoding.UTF8.GetString(stream.ToArray()).ShouldBe(File.ReadAllText(path));
    }

    [SkippableFact]
    public void Every_published_log_reads_without_complaint_and_as_the_golden_summary_says()
    {
        var logs = RepositoryFiles.Shared("cohen-logs");
        foreach (var row in RepositoryFiles.GoldenRows("cohen_certify_logs_summary.csv"))
        {
            var log = CohenTsv.Read(Path.Combine(logs, row[1]["data/".Length..]));
            log.Diagnoses.ShouldBeEmpty();
            log.Rows.Count.ShouldBe(int.Parse(row[3]));
            log.Rows.Count(r => r.Abstained).ShouldBe(int.Parse(row[4]));
            log.Rows.Count(r => !r.Abstained && !r.Correct).ShouldBe(int.Parse(row[5]));
            log.Rows.Average(r => r.Correct ? r.Radius : 0).ShouldBe(double.Parse(row[6]), 1e-9);
            log.Rows.Max(r => r.Radius).ShouldBe(double.Parse(row[7]));
            log.RadiusDigits.ShouldBe(RadiusDigits.Published);
        }
    }

    [SkippableFact]
    public void Prediction_logs_have_no_radius()
    {
        var path = RepositoryFiles.Shared("cohen-logs/predict/imagenet/resnet50/noise_0.25/test/N_1000");
        var log = CohenTsv.Read(path);
        log.Kind.ShouldBe(LogKind.Predict);
        log.Rows.Count.ShouldBe(500);
        log.Specification.Draws.ShouldBe(1000);
    }

    [Fact]
    public void Text_after_the_table_is_kept_as_notes()
    {
        var log = CohenTsvReader.Parse(Three + "\n\ncertified in 3 hours\nmean radius 0.4\n", "x");
        log.Rows.Count.ShouldBe(3);
        log.Notes.ShouldBe(["certified in 3 hours", "mean radius 0.4"]);
        log.Diagnoses.ShouldBeEmpty();
    }

    [Fact]
    public void An_empty_file_is_a_log_without_rows_that_says_so()
    {
        var log = CohenTsvReader.Parse(" \n", "x");
        log.Rows.ShouldBeEmpty();
        log.IsTruncated.ShouldBeTrue();
        log.Diagnoses.ShouldHaveSingleItem().Text.ShouldContain("empty");
    }

    [Fact]
    public void A_file_that_ends_in_a_row_keeps_the_rows_before_and_names_the_line()
    {
        var log = CohenTsvReader.Parse(Three + "\n60\t1\t1\t0.", "x");
        log.Rows.Count.ShouldBe(3);
        log.IsTruncated.ShouldBeTrue();
        log.Diagnoses.ShouldHaveSingleItem()
            .ToString()
            .ShouldBe("line 5: the file ends in the middle of a row (4 of 6 columns); the row is left out");
    }

    [Fact]
    public void A_damaged_row_between_rows_is_left_out_and_named()
    {
        var text = Three.Replace("20\t7", "2O\t7", StringComparison.Ordinal) + "\n";
        var log = CohenTsvReader.Parse(text, "x");
        log.Rows.Select(r => r.Index).ShouldBe([0, 40]);
        log.Diagnoses.ShouldHaveSingleItem()
            .ToString()
            .ShouldBe("line 3: idx '2O' is no image index; the row is left out");
    }

    [Fact]
    public void A_repeated_image_and_a_contradiction_are_named()
    {
        var log = CohenTsvReader.Parse(Three + "\n0\t3\t3\t0.1\t1\t1\n60\t3\t3\t0.1\t0\t1\n", "x");
        log.Diagnoses.Select(d => d.Line).ShouldBe([5, 6]);
        log.Rows[^1].Correct.ShouldBeTrue();
        log.Rows[0].Radius.ShouldBe(0.378);
    }

    [Theory]
    [InlineData("0.1234\n1.234\n0.0", 4, false)]
    [InlineData("0.12345\n1.0\n2.5", 5, false)]
    [InlineData("0.5\n1.0", 3, false)]
    [InlineData("0.5000\n1.2500\n0.0312", 4, true)]
    [InlineData("1.2e-05\n0.5", 3, false)]
    public void The_precision_of_the_radii_is_found_out(string radii, int digits, bool isFixed)
    {
        var rows = radii.Split('\n').Select((r, at) => $"{at}\t1\t1\t{r}\t1\t1.0\n");
        var log = CohenTsvReader.Parse(CohenTsv.Header + "\n" + string.Concat(rows), "x");
        log.RadiusDigits.ShouldBe(new RadiusDigits(digits, isFixed));
    }

    [Fact]
    public void Something_else_is_refused_by_name()
    {
        var error = Should.Throw<UserErrorException>(() =>
            CohenTsvReader.Parse("name: mnist\nseed: 1\n", "sweep.yaml")
        );
        error.Message.ShouldContain("'sweep.yaml' is no certification log: line 1");
        Should
            .Throw<UserErrorException>(() => CohenTsv.Read("/nonexistent/log"))
            .Message.ShouldContain("/nonexistent/log");
    }

    [Theory]
    [InlineData("cifar10/resnet110/noise_0.25/test/sigma_0.50", "cifar10", "resnet110", 0.25, 0.5)]
    [InlineData("imagenet/resnet50/noise_1.00/train/sigma_1.00", "imagenet", "resnet50", 1.0, 1.0)]
    [InlineData("out/certificates/digits__small-conv@0.12__gaussian__0.25.tsv", "digits", "small-conv", 0.12, 0.25)]
    [InlineData("certificates/mnist__colt__gaussian__0.25.tsv", "mnist", "colt", null, 0.25)]
    [InlineData("logs/my_log_sigma_0.75.tsv", null, null, null, 0.75)]
    public void A_path_tells_what_it_is_about(string path, string? dataset, string? model, double? train, double? sigma)
    {
        var found = LogSpecification.FromPath(path);
        found.Dataset.ShouldBe(dataset);
        found.Model.ShouldBe(model);
        found.TrainSigma.ShouldBe(train);
        found.Sigma.ShouldBe(sigma);
    }

    [Theory]
    [InlineData("/tmp/x/test/logs/cifar10/resnet110/noise_0.25/test/sigma_0.25", "cifar10", "resnet110", "test")]
    [InlineData(
        "results/train/published/example.org/cifar10/resnet110/noise_0.25/sigma_0.25",
        "cifar10",
        "resnet110",
        null
    )]
    [InlineData(
        "/home/noise-2/train/sigma3/cifar10/resnet110/noise_0.25/val/sigma_0.25",
        "cifar10",
        "resnet110",
        "val"
    )]
    [InlineData("C:\\val\\cifar10\\resnet110\\noise_0.25\\sigma_0.25\\test\\log.tsv", "cifar10", "resnet110", "test")]
    [InlineData("/home/me/test/my_log_noise_0.25_sigma_0.25.tsv", null, null, "test")]
    [InlineData("/home/me/noise_0.25/seed1/sigma_0.25", null, null, null)]
    public void Folders_above_the_archive_are_not_taken_for_it(
        string path,
        string? dataset,
        string? model,
        string? split
    )
    {
        var found = LogSpecification.FromPath(path);
        (found.Dataset, found.Model, found.Split, found.Sigma).ShouldBe((dataset, model, split, 0.25));
    }

    [Fact]
    public void A_path_without_settings_says_nothing() =>
        LogSpecification.FromPath("/home/test/mine/val/log.tsv").ShouldBe(new LogSpecification());

    [Fact]
    public void Whatever_the_text_is_the_answer_is_a_log_or_one_clear_refusal() =>
        Gen.Select(
                Gen.OneOf(
                    Gen.Const(""),
                    Gen.Const(Three),
                    Gen.Const(CohenTsv.Header + "\n"),
                    Gen.Const("idx label predict correct\n")
                ),
                Gen.String[Gen.Char["\t\n\r 0123456789.-eE:,daysidx\0σ"], 0, 60],
                Gen.Int[0, 200]
            )
            .Sample(parts =>
            {
                var text = parts.Item1[..Math.Min(parts.Item1.Length, parts.Item3)] + parts.Item2;
                try
                {
                    var log = CohenTsvReader.Parse(text, "x");
                    log.Rows.ShouldAllBe(r => r.Index >= 0 && r.Radius >= 0 && r.Predicted >= -1);
                    log.Rows.Select(r => r.Index).ShouldBeUnique();
                }
                catch (UserErrorException error)
                {
                    error.Message.ShouldStartWith("'x' is no certification log");
                }
            });
}
