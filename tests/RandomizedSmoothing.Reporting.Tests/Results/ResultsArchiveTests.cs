using System.IO.Compression;
using RandomizedSmoothing.Reporting.Results;

namespace RandomizedSmoothing.Reporting.Tests.Results;

public sealed class ResultsArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_archive_becomes_the_folder_and_what_is_no_result_stays()
    {
        var archive = await ArchiveAsync();
        Directory.CreateDirectory(_folder.File("b"));
        await File.WriteAllTextAsync(_folder.File("b/mine.txt"), "mine");
        await ResultsArchive.UnpackAsync(archive, _folder.File("b"));
        var expected = Directory.GetFiles(_folder.File("a"), "*", SearchOption.AllDirectories);
        foreach (var file in expected)
        {
            var copy = _folder.File("b/" + Path.GetRelativePath(_folder.File("a"), file));
            (await File.ReadAllBytesAsync(copy)).ShouldBe(await File.ReadAllBytesAsync(file));
        }

        Directory.GetFiles(_folder.File("b"), "*", SearchOption.AllDirectories).Length.ShouldBe(expected.Length + 1);
    }

    [Fact]
    public async Task An_archive_that_is_damaged_midway_leaves_the_folder_as_it_was()
    {
        var archive = await ArchiveAsync();
        await ResultsArchive.UnpackAsync(archive, _folder.File("b"));
        var before = await File.ReadAllBytesAsync(_folder.File("b/votes.csv"));
        var other = _folder.File("other.zip");
        using (var zip = ZipFile.Open(other, ZipArchiveMode.Create))
        {
            await WriteAsync(zip, "votes.csv", "other votes");
            await WriteAsync(
                zip,
                "report.html",
                new string([.. Enumerable.Range(0, 9999).Select(i => (char)(32 + i * i % 90))])
            );
        }

        var bytes = await File.ReadAllBytesAsync(other);
        bytes.AsSpan(bytes.Length / 2, 64).Fill(0xFF);
        await File.WriteAllBytesAsync(other, bytes);
        await Should.ThrowAsync<InvalidDataException>(() => ResultsArchive.UnpackAsync(other, _folder.File("b")));
        (await File.ReadAllBytesAsync(_folder.File("b/votes.csv"))).ShouldBe(before);
        Directory.GetDirectories(_folder.File("b"), ".writing-*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../votes.csv")]
    [InlineData("/tmp/votes.csv")]
    [InlineData("a/../../votes.csv")]
    public async Task A_name_that_leads_out_of_the_folder_is_refused(string name)
    {
        var archive = _folder.File("evil.zip");
        using (var zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        {
            await WriteAsync(zip, name, "x");
        }

        var error = await Should.ThrowAsync<InvalidDataException>(() =>
            ResultsArchive.UnpackAsync(archive, _folder.File("b"))
        );
        error.Message.ShouldContain(name);
        Directory.Exists(_folder.File("b")).ShouldBeFalse();
    }

    private static async Task WriteAsync(ZipArchive zip, string name, string text)
    {
        await using var stream = new StreamWriter(zip.CreateEntry(name).Open());
        await stream.WriteAsync(text);
    }

    private async Task<string> ArchiveAsync()
    {
        await ResultsFolder.WriteAsync(_folder.File("a"), SampleSweep.Create());
        var archive = _folder.File("a.zip");
        ZipFile.CreateFromDirectory(_folder.File("a"), archive);
        return archive;
    }
}
