using RandomizedSmoothing.Models;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Models.Datasets;
using RandomizedSmoothing.Node.Artifacts;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Node.Api;

/// <summary>Resolves sweeps on the machine of the one who submits, into files on the control nodes of a cluster.</summary>
public static class ClientSideResolver
{
    /// <summary>A resolver for the calling thread, with the data sets and the cache of this machine.</summary>
    public static SweepResolver Create(IReadOnlyList<Uri> entrances, HttpMessageInvoker http)
    {
        TorchRuntime.PrepareThread();
        var datasets = DatasetOptions.FromEnvironment();
        var store = new HttpArtifactStore(
            new ArtifactCache(datasets.Cache.Artifacts),
            new ArtifactSources { Controls = entrances, AreEntrances = true },
            http
        );
        return new SweepResolver(new DatasetCatalogue(datasets), new AlwaysPublished(store), publishData: true);
    }

    /// <summary>What lies in the cache of this machine is not therefore on the control nodes: everything is offered again.</summary>
    private sealed class AlwaysPublished(HttpArtifactStore store) : Core.Sweeps.IArtifactStore
    {
        public string? Find(Core.Sweeps.ContentHash hash) => null;

        public string Obtain(Core.Sweeps.ContentHash hash, CancellationToken cancellation) =>
            store.Obtain(hash, cancellation);

        public Core.Sweeps.ContentHash Publish(string path, CancellationToken cancellation) =>
            store.Publish(path, cancellation);

        public Core.Sweeps.ContentHash Publish(Action<Stream> write, CancellationToken cancellation) =>
            store.Publish(write, cancellation);

        public void Discard(Core.Sweeps.ContentHash hash) => store.Discard(hash);
    }
}
