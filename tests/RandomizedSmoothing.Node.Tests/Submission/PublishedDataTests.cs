using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Tests.Submission;

public sealed class PublishedDataTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_data_set_is_written_into_the_store_itself_and_nowhere_else()
    {
        const string Text = """
            name: published
            datasets: [{ name: digits, max: 6 }]
            models: [{ name: conv, architecture: small-conv, train: { epochs: 1 } }]
            sigmas: [0.25]
            """;
        var store = new StreamsOnly(new ArtifactCache(_scratch.Path));
        var options = new DatasetOptions { Cache = new CacheFolders(_scratch.Path), Download = false };
        var resolver = new SweepResolver(new DatasetCatalogue(options), store, publishData: true);

        var sweep = resolver.Resolve(SweepFile.Parse(Text, null, []).Require(), SweepIds.For("published"), Text);

        var training = sweep.Models.Single().Training!.DatasetHash;
        store.Published.ShouldBe([sweep.Datasets.Single().Hash, training], ignoreOrder: true);
        store.Published.ShouldAllBe(hash => store.Find(hash) != null);
        Directory.GetFiles(_scratch.Path).ShouldBeEmpty("nothing is left aside");
    }

    /// <summary>A store that takes no file that lies elsewhere.</summary>
    private sealed class StreamsOnly(ArtifactCache cache) : IArtifactStore
    {
        public List<ContentHash> Published { get; } = [];

        public string? Find(ContentHash hash) => cache.Find(hash);

        public string Obtain(ContentHash hash, CancellationToken cancellation) => cache.Obtain(hash, cancellation);

        public ContentHash Publish(string path, CancellationToken cancellation) =>
            throw new InvalidOperationException($"'{path}' is a copy.");

        public ContentHash Publish(Action<Stream> write, CancellationToken cancellation)
        {
            var hash = cache.Publish(write, cancellation);
            Published.Add(hash);
            return hash;
        }

        public void Discard(ContentHash hash) => cache.Discard(hash);
    }
}
