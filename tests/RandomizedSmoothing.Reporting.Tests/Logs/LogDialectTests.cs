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
    public void A_radius_that_is_no_number_is_no_claim_only_where_nothing_is_claimed()
    {
        var log = CohenTsvReader.Parse(Plain.Replace("\t0.378\t", "\tnan\t").Replace("\t1.5\t", "\t-1.5\t"), "x");
        log.Rows.Select(r => r.Index).ShouldBe([20]);
        log.Diagnoses.Count.ShouldBe(2);
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
    public void A_radius_that_no_image_has_leaves_its_row_out_and_is_named(string radius)
    {
        var log = CohenTsvReader.Parse(Plain.Replace("0.378", radius), "x");
        log.Rows.Select(r => r.Index).ShouldBe([20, 40]);
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
        var rows = string.Concat(Enumerable.Range(0, 5).Select(i => $"{i}\t3\t3\t-1\t1\t1.0\n"));
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
