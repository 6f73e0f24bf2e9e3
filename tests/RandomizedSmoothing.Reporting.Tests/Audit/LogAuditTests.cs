using System.Globalization;
using RandomizedSmoothing.Core.Statistics;
using RandomizedSmoothing.Reporting.Audit;
using RandomizedSmoothing.Reporting.Logs;

namespace RandomizedSmoothing.Reporting.Tests.Audit;

public sealed class LogAuditTests
{
    [SkippableFact]
    public void The_published_logs_are_judged_as_the_golden_audit_judges_them()
    {
        var folder = RepositoryFiles.Shared("cohen-logs");
        var rows = RepositoryFiles.GoldenRows("cohen_log_alpha_audit.csv").ToList();
        var logs = rows.Select(r => CohenTsv.Read(Path.Combine(folder, r[0]["data/".Length..]))).ToList();
        var results = LogAudit.Of(logs);
        foreach (var (row, result) in rows.Zip(results))
        {
            result.Rows.ShouldBe(int.Parse(row[1]), row[0]);
            result.Complete.ShouldBe(result.Rows != 427, row[0]);
            if (row[6] == "undetermined")
            {
                result.Alpha.ShouldBeNull(row[0]);
                result.N.ShouldBeNull(row[0]);
            }
            else
            {
                result.Alpha.ShouldBe(double.Parse(row[6]["alpha=".Length..], CultureInfo.InvariantCulture), row[0]);
                result.N.ShouldBe(100_000, row[0]);
            }

            foreach (var (alpha, column) in new[] { (0.001, 3), (0.01, 4) })
            {
                var fit = result.Fits.Single(f => f.N == 100_000 && f.Alpha == alpha);
                fit.Rows.ShouldBe(int.Parse(row[2]), row[0]);
                (fit.Rows - fit.Refuted).ShouldBe(int.Parse(row[column]), $"{row[0]} at {alpha}");
            }
        }

        results.Count(r => r.Alpha == 0.01).ShouldBe(9);
        results.Count(r => r.Alpha == 0.001).ShouldBe(2);
        results.Single(r => !r.Complete).Warnings[0].ShouldContain("427 rows where");
    }

    [SkippableFact]
    public void The_short_log_is_flagged_without_its_siblings_too()
    {
        var path = RepositoryFiles.Shared("cohen-logs/certify/imagenet/resnet50/noise_0.25/test/sigma_0.25");
        var result = LogAudit.Of([CohenTsv.Read(path)])[0];
        result.Complete.ShouldBeFalse();
        result.Warnings.ShouldContain(w => w.Contains("73 more rows were to be expected"));
    }

    [Theory]
    [InlineData(1_000, 0.001, 0.25, 3)]
    [InlineData(1_000, 0.01, 0.5, 3)]
    [InlineData(10_000, 0.001, 0.12, 3)]
    [InlineData(10_000, 0.01, 1.0, 4)]
    [InlineData(100_000, 0.001, 0.5, 3)]
    [InlineData(100_000, 0.01, 0.75, 4)]
    [InlineData(100_000, 0.001, 0.25, 5)]
    [InlineData(100_000, 0.0005, 0.35, 4)]
    [InlineData(20_000, 0.05, 0.25, 4)]
    [InlineData(1_000_000, 0.001, 0.5, 5)]
    public void Other_draws_levels_sigmas_and_digits_are_found_too(long n, double alpha, double sigma, int digits)
    {
        var log = Simulate(n, alpha, sigma, digits, certain: 8, seed: 1);
        var result = LogAudit.Of([log])[0];
        result.N.ShouldBe(n);
        result.Alpha.ShouldBe(alpha);
        result.Digits.Digits.ShouldBe(digits);
    }

    [Fact]
    public void A_verdict_without_an_image_at_the_top_is_right_or_withheld()
    {
        foreach (var n in new long[] { 1_000, 10_000, 100_000 })
        {
            foreach (var alpha in new[] { 0.001, 0.01, 0.05 })
            {
                for (var seed = 0; seed < 5; seed++)
                {
                    var result = LogAudit.Of([Simulate(n, alpha, 0.5, 3, certain: 0, seed)])[0];
                    (result.N is null || result.N == n && result.Alpha == alpha).ShouldBeTrue(
                        $"n {n}, alpha {alpha}, seed {seed}: {result.N}, {result.Alpha}"
                    );
                }
            }
        }
    }

    [Fact]
    public void Sigma_is_found_from_the_radii_where_the_path_is_silent()
    {
        var log = Simulate(100_000, 0.001, 0.5, 3, certain: 30, seed: 2) with { Path = "some/log.tsv" };
        var result = LogAudit.Of([log])[0];
        result.Sigma.ShouldBe(0.5);
        result.Alpha.ShouldBe(0.001);
        result.Warnings.ShouldContain("the path does not say sigma; the radii fit sigma = 0.5");
    }

    [Theory]
    [InlineData(10_000, 0.003)]
    [InlineData(100_000, 2e-6)]
    [InlineData(8192, 0.001)]
    public void Sigma_is_not_guessed_from_radii_that_many_pairs_explain_by_chance(long n, double alpha)
    {
        for (var seed = 1; seed <= 12; seed++)
        {
            var log = Simulate(n, alpha, 0.5, 3, certain: 0, seed) with { Path = "some/log.tsv" };
            (LogAudit.Of([log])[0].Sigma ?? 0.5).ShouldBe(0.5, $"seed {seed}");
        }
    }

    [Fact]
    public void Radii_of_another_bound_give_no_verdict_and_the_audit_says_so()
    {
        var honest = Simulate(100_000, 0.001, 0.5, 4, certain: 30, seed: 3);
        var log = honest with
        {
            Rows =
            [
                .. honest.Rows.Select(r => r with { Radius = double.Parse(PythonText.General(r.Radius * 0.9871, 4)) }),
            ],
        };
        var result = LogAudit.Of([log])[0];
        result.N.ShouldBeNull();
        result.Warnings.ShouldContain(w => w.Contains("undetermined") || w.Contains("no pair of n and alpha"));
    }

    [Fact]
    public void Empty_truncated_and_prediction_logs_are_audited_in_words()
    {
        var empty = LogAudit.Of([CohenTsvReader.Parse("", "sigma_0.5")])[0];
        empty.Complete.ShouldBeFalse();
        empty.Warnings.ShouldHaveSingleItem().ShouldContain("empty");

        var text = CohenTsv.Header + "\n0\t1\t1\t0.5\t1\t1.0\n20\t1\t1\t0.4\t1\t1.0\n60\t1\t1\t0.4\t1\t1.0\n80\t1\t1";
        var torn = LogAudit.Of([CohenTsvReader.Parse(text, "sigma_0.5")])[0];
        torn.Complete.ShouldBeFalse();
        torn.Warnings.ShouldContain(w => w.Contains("middle of a row"));
        torn.Warnings.ShouldContain("1 row is missing between image 0 and image 60 (step 20)");

        var predict = LogAudit.Of([CohenTsvReader.Parse("idx\tlabel\tpredict\tcorrect\ttime\n0\t1\t1\t1\t1.0\n", "x")])[
            0
        ];
        predict.N.ShouldBeNull();
        predict.Warnings.ShouldHaveSingleItem().ShouldContain("prediction log");
    }

    [Fact]
    public void Radii_with_every_digit_of_a_double_carry_the_error_of_other_libraries()
    {
        var honest = Simulate(100_000, 0.001, 0.5, 17, certain: 30, seed: 3);
        var random = new Random(1);
        var log = honest with
        {
            Rows = [.. honest.Rows.Select(r => r with { Radius = r.Radius * (1 + 1e-8 * random.NextDouble()) })],
        };
        var result = LogAudit.Of([log])[0];
        (result.N, result.Alpha).ShouldBe((100_000, 0.001));
    }

    [Fact]
    public void The_only_pair_that_fits_is_named_where_the_evidence_is_thin()
    {
        var rows = Enumerable.Range(0, 80).Select(i => new LogRow(i, 1, 1, 0.947, true, TimeSpan.Zero));
        var log = new CertificationLog { Path = "sigma_0.25", Rows = [.. rows] };
        LogAudit
            .Of([log])[0]
            .Warnings.ShouldContain(w =>
                w.Contains("only n = 100000 with alpha = 0.0005 fits", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void Many_lines_of_one_kind_are_counted_not_listed()
    {
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i}\t1\t1\tx{i}\t1\t1.0\n"));
        var text = AuditText.Grid(LogAudit.Of([CohenTsvReader.Parse(CohenTsv.Header + "\n" + rows, "sigma_0.5")]));
        text.Split("the row is left out").Length.ShouldBe(4);
        text.ShouldContain("and 37 more of this kind");
    }

    [Fact]
    public void The_json_has_the_promised_fields()
    {
        var results = LogAudit.Of([Simulate(10_000, 0.001, 0.25, 3, certain: 5, seed: 4)]);
        var node = System.Text.Json.Nodes.JsonNode.Parse(AuditText.Json(results))![0]!.AsObject();
        foreach (var field in new[] { "path", "rows", "complete", "n", "alpha", "fits", "warnings" })
        {
            node.ContainsKey(field).ShouldBeTrue(field);
        }

        ((long)node["n"]!).ShouldBe(10_000);
        var fit = node["fits"]!.AsArray().Single(f => (long)f!["n"]! == 10_000 && (double)f["alpha"]! == 0.001)!;
        ((int)fit["refuted"]!).ShouldBe(0);
        ((int)fit["rows"]!).ShouldBeGreaterThan(10);
    }

    [Fact]
    public void The_text_is_as_approved() =>
        Approved.Match(
            AuditText.Grid(
                LogAudit.Of([
                    Simulate(10_000, 0.001, 0.25, 3, certain: 5, seed: 4) with
                    {
                        Path = "logs/noise_0.25/test/sigma_0.25",
                    },
                    Simulate(10_000, 0.01, 0.5, 3, certain: 5, seed: 5) with
                    {
                        Path = "logs/noise_0.50/test/sigma_0.50",
                    },
                    CohenTsvReader.Parse("", "logs/noise_1.00/test/sigma_1.00"),
                ])
            ),
            "grid"
        );

    // A log of 300 images: some with all votes, the others with failures spread evenly on a logarithmic scale.
    private static CertificationLog Simulate(long n, double alpha, double sigma, int digits, int certain, int seed)
    {
        var random = new Random(seed);
        var text = CohenTsv.Header + "\n";
        for (var at = 0; at < 300; at++)
        {
            var failures =
                at < certain ? 0 : (long)Math.Exp(random.NextDouble() * Math.Log(n * 0.45)) + (certain > 0 ? 0 : 1);
            var bound = BinomialBounds.LowerBound(n - failures, n, alpha);
            var z = NormalDistribution.QuantileFromComplement(bound.Complement);
            var row =
                z > 0
                    ? new LogRow(at * 20, 1, 1, sigma * z, true, TimeSpan.FromSeconds(1))
                    : new LogRow(at * 20, 1, -1, 0, false, TimeSpan.FromSeconds(1));
            text += CohenTsv.Format(row, digits) + "\n";
        }

        return CohenTsvReader.Parse(text, FormattableString.Invariant($"toy/net/noise_{sigma}/test/sigma_{sigma}"));
    }
}
