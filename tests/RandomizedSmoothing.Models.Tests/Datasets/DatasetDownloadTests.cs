using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Tests.Datasets;

public sealed class DatasetDownloadTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];
    private readonly TemporaryFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "file.gz");

    [Fact]
    public void A_download_is_checked_reported_and_named_only_when_complete()
    {
        var seen = new List<DownloadProgress>();
        Fetch(new Mirror(Content), progress: seen.Add);
        File.ReadAllBytes(Target).ShouldBe(Content);
        Directory.GetFiles(_folder.Path).ShouldBe([Target]);
        seen[^1].ShouldBe(new DownloadProgress("file.gz", Content.Length, Content.Length));
    }

    [Fact]
    public void Every_file_of_the_catalogue_has_addresses_and_all_of_them_are_https()
    {
        var files = PublishedDataset.All.SelectMany(dataset => dataset.Files).ToList();

        files.ShouldNotBeEmpty();
        files.ShouldAllBe(file => file.Mirrors.Length > 0);
        files.SelectMany(file => file.Mirrors).ShouldAllBe(address => address.Scheme == Uri.UriSchemeHttps);
    }

    [Fact]
    public void An_interrupted_download_goes_on_where_it_stopped()
    {
        File.WriteAllBytes(Target + ".part", Content[..100_000]);
        var mirror = new Mirror(Content);
        Fetch(mirror);
        mirror.Ranges.ShouldBe([100_000L]);
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    [Fact]
    public void A_mirror_that_knows_no_ranges_sends_everything_again()
    {
        File.WriteAllBytes(Target + ".part", new byte[100]);
        Fetch(new Mirror(Content) { IgnoresRanges = true });
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    [Fact]
    public void The_next_mirror_is_asked_when_one_fails_or_sends_something_else()
    {
        var mirror = new Mirror(Content) { Broken = "first.example" };
        Fetch(mirror);
        mirror.Asked.ShouldBe(["first.example", "second.example"]);
        File.ReadAllBytes(Target).ShouldBe(Content);
    }

    [Fact]
    public void A_wrong_checksum_is_refused_with_the_remedy_and_leaves_nothing()
    {
        var error = Should.Throw<UserErrorException>(() => Fetch(new Mirror([1, 2, 3])));
        error.Message.ShouldContain("MD5");
        error.Message.ShouldContain("http://first.example/file.gz");
        error.Message.ShouldContain("RSMOOTH_DATA");
        error.ExitCode.ShouldBe(1);
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private void Fetch(Mirror mirror, Action<DownloadProgress>? progress = null)
    {
#pragma warning disable CA5351
        var md5 = Convert.ToHexStringLower(MD5.HashData(Content));
#pragma warning restore CA5351
        var file = new DatasetFile(
            "file.gz",
            md5,
            null,
            [new Uri("http://first.example/file.gz"), new Uri("http://second.example/file.gz")]
        );
        new DatasetDownload(mirror).Fetch(file, _folder.Path, new Reports(progress), CancellationToken.None);
    }

    private sealed class Reports(Action<DownloadProgress>? report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report?.Invoke(value);
    }

    private sealed class Mirror(byte[] content) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        public List<long> Ranges { get; } = [];

        public bool IgnoresRanges { get; init; }

        public string? Broken { get; init; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.Host);
            if (request.RequestUri.Host == Broken)
            {
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            }

            var from = request.Headers.Range?.Ranges.Single().From ?? 0;
            if (from == 0 || IgnoresRanges)
            {
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };
            }

            Ranges.Add(from);
            var rest = new ByteArrayContent(content[(int)from..]);
            rest.Headers.ContentRange = new ContentRangeHeaderValue(from, content.Length - 1, content.Length);
            return new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = rest };
        }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromResult(Send(request, cancellationToken));
    }
}
