using System.IO.Compression;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Reporting.Logs;
using RandomizedSmoothing.Reporting.Runs;

namespace RandomizedSmoothing.Reporting.Tests.Logs;

public sealed class LogDialectTests : IDisposable
{
    private const string Plain =
        "idx\tlabel\tpredict\tradius\tcorrect\ttime\n"
        + "0\t3\t3\t0.378\t1\t0:02:31.238689\n"
        + "20\t7\t-1\t0.0\t0\t1 day, 0:00:15.6\n"
        + "40\t1\t2\t1.5\t0\t0:00:14\n";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Dialects =>
        new()
        {
            { "commas", Plain.Replace('\t', ',') },
            {
                "quotation marks",
                string.Join('\n', Plain.TrimEnd().Split('\n').Select(l => $"\"{l.Replace("\t", "\",\"")}\"")) + "\n"
            },
            { "quoted days", Plain.Replace("1 day, 0:00:15.6", "\"1 day, 0:00:15.6\"").Replace('\t', ',') },
            { "semicolons", Plain.Replace('\t', ';') },
            { "spaces", Plain.Replace('\t', ' ') },
            {
                "tensors",
                Plain.Replace("\t7\t", "\ttensor(7, device='cuda:0')\t").Replace("40\t1\t", "40\ttensor(1)\t")
            },
            { "numpy", Plain.Replace("\t7\t", "\tnp.int64(7)\t") },
            { "floats", Plain.Replace("\t7\t-1\t", "\t7.0\t-1.0\t").Replace("\t1\t2\t", "\t1.0\t2.0\t") },
            { "arguments before", "Namespace(N=100000, alpha=0.001)\n=> 1 GPU\n" + Plain },
            { "header again", Plain.Replace("\n40", "\nidx\tlabel\tpredict\tradius\tcorrect\ttime\n40") },
            { "nan for abstentions", Plain.Replace("\t0.0\t", "\tnan\t") },
            { "quantiles below one half", Plain.Replace("\t0.0\t", "\t-0.31\t") },
            { "carriage returns", Plain.Replace('\n', '\r') },
            { "byte order mark", '\uFEFF' + Plain },
            { "blank lines", Plain.Replace("\n", "\r\n") + "\r\n\r\n" },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_dialect_reads_as_the_published_form_does(string dialect, string text)
    {
        var log = CohenTsvReader.Parse(text, "x");
        log.Rows.ShouldBe(CohenTsvReader.Parse(Plain, "x").Rows, dialect);
        log.Diagnoses.ShouldBeEmpty(dialect);
        log.IsTruncated.ShouldBeFalse(dialect);
        CohenTsvReader.IsLog(text).ShouldBeTrue(dialect);
    }

    [Theory]
    [InlineData("60\t1\t1\t1.5\t1\t0:00:14\t0.9\n80\t1\t1\t1.5\t1\t0:00:14\t0.9\n", "7 columns where the header has 6")]
    [InlineData("60\t1\t1\t1.5\t1\n80\t1\t1\t1.5\t1\n", "5 columns where the header has 6")]
    public void Rows_of_other_columns_at_the_end_are_no_free_text(string end, string problem)
    {
        var log = CohenTsvReader.Parse(Plain + end + "\nAverage radius: 0.53\n", "x");
        log.Rows.Count.ShouldBe(3);
        log.Diagnoses.Select(d => d.ToString())
            .ShouldBe([$"line 5: {problem}; the row is left out", $"line 6: {problem}; the row is left out"]);
        log.Notes.ShouldBe(["Average radius: 0.53"]);
    }

    [Fact]
    public void Radii_under_another_name_are_missed()
    {
        var log = CohenTsvReader.Parse(Plain.Replace("radius", "radius_l2"), "x");
        log.Kind.ShouldBe(LogKind.Predict);
        log.Diagnoses.ShouldHaveSingleItem().Text.ShouldContain("'radius_l2' is not read");
    }

    [Fact]
    public void A_radius_that_claims_nothing_makes_an_abstention_and_keeps_its_image_among_all()
    {
        var log = CohenTsvReader.Parse(Plain.Replace("\t0.378\t", "\tnan\t").Replace("\t1.5\t", "\t-1.5\t"), "x");
        log.Rows.Select(r => (r.Index, r.Predicted, r.Radius)).ShouldBe([(0, -1, 0), (20, -1, 0), (40, -1, 0)]);
        log.Diagnoses.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("idx,label,predict,radius,correct,time\n0,3,3,0.378,1,1.0\n20,7,-1,,0,1.0\n")]
    [InlineData("idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t3\t3\t0.378\t1\t1.0\n20\t7\tABSTAIN\tnan\t0\t1.0\n")]
    [InlineData(
        "idx\tlabel\tpredict\tradius\tcorrect\ttime\n0\t3\t3\t0.378\tTRUE\t1.2e-05\n20\t7\t-1\t0.0\tFALSE\t1.0\n"
    )]
    [InlineData("idx\tlabel\tpredict\tradius\n0\t3\t3\t0.378\n20\t7\t-1\t0.0\n")]
    [InlineData(
        "# idx label prediction radius\n0.000e+00 3.000e+00 3.0e+00 3.78e-01\n2.000e+01 7.000e+00 -1.000e+00 0.0\n"
    )]
    [InlineData("\tidx\tlabel\tpredict\tradius\tnote\n0\t0\t3\t3\t0.378\ta b c\n1\t20\t7\t-1\t\t\n")]
    public void What_other_programs_write_is_read_to_the_last_row(string text)
    {
        var log = CohenTsvReader.Parse(text, "x");
        log.Rows.Select(r => (r.Index, r.Label, r.Predicted, r.Radius, r.Correct))
            .ShouldBe([(0, 3, 3, 0.378, true), (20, 7, -1, 0, false)]);
        log.Diagnoses.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\t3\t3\t0.5\t1\t1 min", "time '1 min'")]
    [InlineData("\t3\t3\t0.5\tyes\t1.0", "correct 'yes'")]
    public void What_no_statistic_needs_costs_no_row(string rest, string expected)
    {
        var log = CohenTsvReader.Parse(Plain + "60" + rest + "\n80\t1\t1\t0.5\t1\t1.0\n", "x");
        log.Rows.Select(r => r.Index).ShouldBe([0, 20, 40, 60, 80]);
        log.Diagnoses.ShouldHaveSingleItem().ToString().ShouldContain(expected);
    }

    [Theory]
    [InlineData("[rank1] 60\t3\t3\t0.5\t1\t1.0\n")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    public void Damaged_rows_at_the_end_are_no_free_text(string end)
    {
        var log = CohenTsvReader.Parse(Plain + end, "x");
        log.Rows.Count.ShouldBe(3);
        log.Notes.ShouldBeEmpty();
        log.Diagnoses.ShouldHaveSingleItem().ToString().ShouldContain("the row is left out");
    }

    [Fact]
    public void Gzip_is_unpacked_found_in_folders_and_named_by_its_path()
    {
        var path = _folder.File("toy/net/noise_0.25/test/sigma_0.50.gz");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = new GZipStream(File.Create(path), CompressionLevel.Optimal))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(Plain));
        }

        var log = RunCatalogue.Logs([_folder.File("toy")]).ShouldHaveSingleItem();
        log.Rows.ShouldBe(CohenTsvReader.Parse(Plain, "x").Rows);
        log.Specification.Sigma.ShouldBe(0.5);
        LogSpecification.FromPath("a/cifar10__net@0.25__gaussian__0.5.tsv.gz").Model.ShouldBe("net");
    }

    [Theory]
    [InlineData("-0.5")]
    [InlineData("inf")]
    [InlineData("1e308")]
    public void A_radius_that_no_image_has_is_named_and_counts_as_an_abstention(string radius)
    {
        var log = CohenTsvReader.Parse(Plain.Replace("0.378", radius), "x");
        log.Rows.Select(r => r.Index).ShouldBe([0, 20, 40]);
        log.Rows[0]
            .ShouldSatisfyAllConditions(
                r => r.Predicted.ShouldBe(LogRow.Abstain),
                r => r.Radius.ShouldBe(0),
                r => r.Correct.ShouldBeFalse()
            );
        log.Diagnoses.ShouldHaveSingleItem().ToString().ShouldStartWith($"line 2: radius '{radius}'");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(8)]
    [InlineData(1)]
    public void Gzip_that_was_cut_off_is_no_shorter_log_alone_or_in_a_folder(int missing)
    {
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(System.Text.Encoding.UTF8.GetBytes(Plain));
        }

        Directory.CreateDirectory(_folder.File("logs"));
        var cut = _folder.File("logs/cut.gz");
        File.WriteAllBytes(cut, memory.ToArray()[..^missing]);
        Should.Throw<UserErrorException>(() => RunCatalogue.Logs([cut])).Message.ShouldContain("cut off");
        Should
            .Throw<UserErrorException>(() => RunCatalogue.Logs([_folder.File("logs")]))
            .Message.ShouldContain("cut.gz");
    }

    [Fact]
    public void What_is_wrong_with_a_log_is_told_in_short()
    {
        var rows = string.Concat(Enumerable.Range(1, 5).Select(i => $"{i}\t3\t3\t-1\t1\t1.0\n"));
        var told = CohenTsvReader.Parse(Plain + rows + "60\t1\t1\t1.5\t1\t1.0\n", "a/log").DamageInShort().ToList();
        told.Count.ShouldBe(4);
        told[0].ShouldStartWith("a/log: line 5: radius '-1'");
        told[^1].ShouldBe("a/log: and 2 more; 'rsmooth audit' lists them");
    }

    [Fact]
    public void Damaged_gzip_and_what_unpacks_without_end_are_refused_by_name()
    {
        var cut = _folder.File("cut.gz");
        using var memory = new MemoryStream();
        using (var zip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(System.Text.Encoding.UTF8.GetBytes(Plain));
        }

        File.WriteAllBytes(cut, [.. memory.ToArray()[..10], 0x07, 0, 0]);
        Should.Throw<UserErrorException>(() => CohenTsv.Read(cut)).Message.ShouldContain("cut.gz");

        var bomb = _folder.File("bomb.gz");
        using (var zip = new GZipStream(File.Create(bomb), CompressionLevel.SmallestSize))
        {
            zip.Write(new byte[4 << 20]);
        }

        Should.Throw<UserErrorException>(() => CohenTsv.Read(bomb)).Message.ShouldContain("200 times");
    }
}
