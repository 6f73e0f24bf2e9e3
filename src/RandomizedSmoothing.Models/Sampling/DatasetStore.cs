using System.Collections.Concurrent;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>
/// The data sets of a process by their hash, each opened once and shared by its devices: from the artifact store, else from
/// where the specification says if the bytes there still have the hash, else from the other nodes.
/// </summary>
internal sealed class DatasetStore(IArtifactStore artifacts, DatasetCatalogue catalogue)
{
    private readonly ConcurrentDictionary<ContentHash, Lazy<ImageDataset>> _open = new();

    /// <summary>The split of a reference.</summary>
    /// <exception cref="UserErrorException">Nobody has it.</exception>
    public ImageDataset Get(DatasetReference reference, CancellationToken cancellation) =>
        Get(reference.Hash, reference.Spec, cancellation);

    /// <summary>The split with this hash.</summary>
    /// <exception cref="UserErrorException">Nobody has it.</exception>
    public ImageDataset Get(ContentHash hash, DatasetSpec spec, CancellationToken cancellation)
    {
        var entry = _open.GetOrAdd(
            hash,
            _ => new Lazy<ImageDataset>(
                () => Find(hash, spec, cancellation),
                LazyThreadSafetyMode.ExecutionAndPublication
            )
        );
        try
        {
            return entry.Value;
        }
        catch
        {
            _open.TryRemove(new KeyValuePair<ContentHash, Lazy<ImageDataset>>(hash, entry));
            throw;
        }
    }

    private ImageDataset Find(ContentHash hash, DatasetSpec spec, CancellationToken cancellation)
    {
        if (artifacts.Find(hash) is { } local)
        {
            return Open(local, hash, spec);
        }

        return FromSource(hash, spec) ?? Open(artifacts.Obtain(hash, cancellation), hash, spec);
    }

    private ImageDataset? FromSource(ContentHash hash, DatasetSpec spec)
    {
        try
        {
            var dataset = catalogue.LoadLocal(spec);
            return dataset?.Hash == hash ? dataset : null;
        }
        catch (UserErrorException)
        {
            // The files lie elsewhere on this node, or are damaged: another node has them.
            return null;
        }
    }

    private static ImageDataset Open(string path, ContentHash hash, DatasetSpec spec) =>
        CanonicalImages.Open(path, hash, spec.Name, spec.Split, PublishedDataset.Find(spec.Name)?.ClassNames ?? []);
}
