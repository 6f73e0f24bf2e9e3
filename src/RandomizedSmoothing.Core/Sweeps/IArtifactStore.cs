namespace RandomizedSmoothing.Core.Sweeps;

/// <summary>
/// Files named by the SHA-256 of their bytes: data sets in canonical 8-bit form, imported and trained models. A node computes
/// only with files whose digest it has verified.
/// </summary>
public interface IArtifactStore
{
    /// <summary>The verified local copy, or null when this node has none.</summary>
    string? Find(ContentHash hash);

    /// <summary>The verified local copy, fetched from the other nodes when this one has none.</summary>
    /// <exception cref="UserErrorException">Nobody has it; the message names the digest and where it was looked for.</exception>
    string Obtain(ContentHash hash, CancellationToken cancellation);

    /// <summary>Takes a finished file into the store and makes it available to the other nodes.</summary>
    /// <returns>The digest of its bytes.</returns>
    ContentHash Publish(string path, CancellationToken cancellation);

    /// <summary>
    /// As <see cref="Publish(string, CancellationToken)"/>, with the bytes that <paramref name="write"/> produces: they lie on the
    /// disk once, in the store's own folder.
    /// </summary>
    /// <returns>The digest of the bytes.</returns>
    ContentHash Publish(Action<Stream> write, CancellationToken cancellation);

    /// <summary>
    /// Deletes a file that nobody needs any more, here and at the nodes that it was published to. A node that does
    /// not answer keeps it, which costs room and nothing else.
    /// </summary>
    void Discard(ContentHash hash);
}
