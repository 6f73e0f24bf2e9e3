using System.Net;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Node.Artifacts;

/// <summary>Where a node gets files from and gives them to.</summary>
public sealed record ArtifactSources
{
    /// <summary>Control nodes, asked in turn.</summary>
    public required IReadOnlyList<Uri> Controls { get; init; }

    /// <summary>A volume that all nodes share; null for none.</summary>
    public ArtifactCache? Shared { get; init; }

    /// <summary>Whether this node is itself a control node: then others fetch from it, and it asks them only for their own.</summary>
    public bool IsControl { get; init; }

    /// <summary>
    /// Whether <see cref="Controls"/> are entrances to a cluster, behind which may stand any control node: what is published is
    /// then passed on to all of them by the one that takes it.
    /// </summary>
    public bool AreEntrances { get; init; }

    /// <summary>After how long without a byte a control node is given up.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often all sources are asked before a file counts as missing.</summary>
    public int Rounds { get; init; } = 6;

    /// <summary>Pause after the first round; doubled after each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);
}

/// <summary>
/// The artifact store of a node of a cluster: its own cache, then the shared volume, then the control nodes over HTTP. Safe for
/// many threads; a file that several ask for is fetched once.
/// </summary>
public sealed class HttpArtifactStore(ArtifactCache cache, ArtifactSources sources, HttpMessageInvoker http)
    : IArtifactStore
{
    private readonly SharedWork<ContentHash, string> _fetches = new();

    /// <inheritdoc />
    public string? Find(ContentHash hash) => cache.Find(hash) ?? sources.Shared?.Find(hash);

    /// <inheritdoc />
    public string Obtain(ContentHash hash, CancellationToken cancellation) =>
        Find(hash) ?? _fetches.Do(hash, token => Find(hash) ?? Fetch(hash, token), cancellation);

    /// <inheritdoc />
    public ContentHash Publish(string path, CancellationToken cancellation) =>
        Spread(cache.Publish(path, cancellation), path, cancellation);

    /// <inheritdoc />
    public ContentHash Publish(Action<Stream> write, CancellationToken cancellation)
    {
        var hash = cache.Publish(write, cancellation);
        return Spread(hash, cache.PathOf(hash), cancellation);
    }

    private ContentHash Spread(ContentHash hash, string path, CancellationToken cancellation)
    {
        sources.Shared?.Publish(path, cancellation);
        var refusals = new List<string>();
        var taken = 0;
        foreach (var control in sources.Controls)
        {
            if (Offer(control, hash, cancellation) is { } refusal)
            {
                refusals.Add($"{control.Authority} ({refusal})");
            }
            else
            {
                taken++;
            }
        }

        if (taken == 0 && sources.Controls.Count > 0 && sources.Shared is null && !sources.IsControl)
        {
            throw new UserErrorException(
                $"The file {hash.Short} ('{path}') could not be given to any control node: {string.Join("; ", refusals)}. "
                    + "Check that the addresses in control-http are those of running control nodes."
            )
            {
                ExitCode = 1,
            };
        }

        return hash;
    }

    /// <inheritdoc />
    public void Discard(ContentHash hash)
    {
        cache.Discard(hash);
        sources.Shared?.Discard(hash);
        foreach (var control in sources.Controls)
        {
            using var limit = new CancellationTokenSource(sources.Patience);
            try
            {
                var address = ArtifactRoutes.Of(control, hash, ownOnly: !sources.AreEntrances);
                using var request = new HttpRequestMessage(HttpMethod.Delete, address);
                using var answer = http.Send(request, limit.Token);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // It keeps a file that nobody asks for.
            }
        }
    }

    private string Fetch(ContentHash hash, CancellationToken cancellation)
    {
        var answers = new Dictionary<Uri, string>();
        var pause = sources.FirstPause;
        for (var round = 1; round <= sources.Rounds && sources.Controls.Count > 0; round++)
        {
            answers.Clear();
            foreach (var control in sources.Controls)
            {
                cancellation.ThrowIfCancellationRequested();
                var address = ArtifactRoutes.Of(control, hash, ownOnly: sources.IsControl);
                var download = new ArtifactDownload(http, address, sources.Patience);
                using var incoming = new IncomingFile(cache, hash);
                answers[control] = download.Into(incoming, cancellation) ?? "";
                if (answers[control].Length == 0 && cache.Find(hash) is { } path)
                {
                    return path;
                }
            }

            // A control node answers for its peers, so one that merely asks its peers need not wait for a change of mind.
            if (sources.IsControl || round == sources.Rounds)
            {
                break;
            }

            cancellation.WaitHandle.WaitOne(pause);
            cancellation.ThrowIfCancellationRequested();
            pause *= 2;
        }

        throw Missing(hash, answers);
    }

    private string? Offer(Uri control, ContentHash hash, CancellationToken cancellation)
    {
        var address = ArtifactRoutes.Of(control, hash, ownOnly: !sources.AreEntrances);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(sources.Patience);
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Head, address);
            using var known = http.Send(question, limit.Token);
            limit.CancelAfter(sources.Patience + TransferTime(cache.PathOf(hash)));
            if (known.IsSuccessStatusCode)
            {
                return null;
            }

            using var file = File.OpenRead(cache.PathOf(hash));
            using var offer = new HttpRequestMessage(HttpMethod.Put, address) { Content = new StreamContent(file) };
            using var answer = http.Send(offer, limit.Token);
            return answer.IsSuccessStatusCode ? null : $"answered {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "took too long";
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return e.Message;
        }
    }

    /// <summary>At the slowest rate that is still worth waiting for, 1 MB/s.</summary>
    private static TimeSpan TransferTime(string path) => TimeSpan.FromSeconds(new FileInfo(path).Length / 1e6);

    private UserErrorException Missing(ContentHash hash, Dictionary<Uri, string> answers)
    {
        var asked = string.Join("; ", answers.Select(a => $"{a.Key.Authority} ({a.Value})"));
        var shared = sources.Shared is null ? "" : $", in the shared volume '{sources.Shared.Folder}'";
        return new UserErrorException(
            $"The file with SHA-256 {hash.Hex} was found neither in '{cache.Folder}'{shared} nor at a control node: "
                + $"{(asked.Length == 0 ? "none is known" : asked)}. Submit the sweep again where its data sets and models are, or put "
                + "the file back."
        )
        {
            ExitCode = 1,
        };
    }
}
