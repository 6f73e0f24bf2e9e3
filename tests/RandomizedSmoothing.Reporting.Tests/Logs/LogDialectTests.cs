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
