using System.Collections.Concurrent;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Datasets;

namespace RandomizedSmoothing.Models.Sampling;

/// <summary>
/// The data sets of a process by their hash, each opened once and shared by its devices, none of which waits for
/// longer than its own work: from the artifact store, else from
/// where the specification says if the bytes there still have the hash, else from the other nodes.
/// </summary>
internal sealed class DatasetStore(IArtifactStore artifacts, DatasetCatalogue catalogue)
{
    private readonly ConcurrentDictionary<ContentHash, ImageDataset> _open = new();
    private readonly SharedWork<ContentHash, ImageDataset> _opening = new();

    /// <summary>The split of a reference.</summary>
    /// <exception cref="UserErrorException">Nobody has it.</exception>
    public ImageDataset Get(DatasetReference reference, CancellationToken cancellation) =>
        Get(reference.Hash, reference.Spec, cancellation);

    /// <summary>The split with this hash.</summary>
    /// <exception cref="UserErrorException">Nobody has it.</exception>
    public ImageDataset Get(ContentHash hash, DatasetSpec spec, CancellationToken cancellation)
    {
        if (_open.TryGetValue(hash, out var open))
        {
            return open;
        }

        return _opening.Do(
            hash,
            token => _open.TryGetValue(hash, out var meanwhile) ? meanwhile : _open[hash] = Find(hash, spec, token),
            cancellation
        );
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
