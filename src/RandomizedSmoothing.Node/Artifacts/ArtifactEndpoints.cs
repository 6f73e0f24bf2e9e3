using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Node.Artifacts;

/// <summary>Files by digest over HTTP: read in ranges, written only when the bytes have the digest of their address.</summary>
public static class ArtifactEndpoints
{
    /// <summary>Serves the artifacts of this control node, and those of its peers by asking them.</summary>
    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        routes
            .MapMethods(ArtifactRoutes.Template, ["GET", "HEAD"], SendAsync)
            .WithName("getArtifact")
            .WithSummary("Send a data set or model file by the SHA-256 of its bytes; ranges are honoured.")
            .WithTags("artifacts");
        routes
            .MapPut(ArtifactRoutes.Template, ReceiveAsync)
            .WithName("putArtifact")
            .WithSummary("Take a file; refused unless its bytes have the digest of the address.")
            .WithTags("artifacts")
            .WithMetadata(new DisableRequestSizeLimitAttribute());
        routes
            .MapDelete(ArtifactRoutes.Template, DiscardAsync)
            .WithName("deleteArtifact")
            .WithSummary("Delete a file that no sweep needs any more, as a training's checkpoint.")
            .WithTags("artifacts");
    }

    private static async Task<Results<PhysicalFileHttpResult, ProblemHttpResult>> SendAsync(
        string hash,
        bool? own,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        if (!TryParse(hash, out var digest))
        {
            return NoDigest(hash);
        }

        var path = store.Find(digest);
        if (path is null && own != true)
        {
            path = await AskPeersAsync(store, digest, cancellation);
        }

        return path is null
            ? TypedResults.Problem(
                $"No control node has a file with SHA-256 {digest.Hex}.",
                statusCode: StatusCodes.Status404NotFound,
                title: "No such artifact"
            )
            : TypedResults.PhysicalFile(
                path,
                "application/octet-stream",
                entityTag: new EntityTagHeaderValue($"\"{digest.Hex}\""),
                enableRangeProcessing: true
            );
    }

    private static Task<string?> AskPeersAsync(
        IArtifactStore store,
        ContentHash digest,
        CancellationToken cancellation
    ) =>
        Blocking(
            () =>
            {
                try
                {
                    return store.Obtain(digest, cancellation);
                }
                catch (UserErrorException)
                {
                    return null;
                }
            },
            cancellation
        );

    /// <summary>Stores block while they talk to other nodes, which must not cost the server its threads.</summary>
    private static Task<T> Blocking<T>(Func<T> action, CancellationToken cancellation) =>
        Task.Factory.StartNew(action, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task<Results<NoContent, Created, ProblemHttpResult>> ReceiveAsync(
        string hash,
        bool? own,
        HttpRequest request,
        ArtifactCache cache,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        if (!TryParse(hash, out var digest))
        {
            return NoDigest(hash);
        }

        if (cache.Find(digest) is not null)
        {
            return TypedResults.NoContent();
        }

        using var incoming = new IncomingFile(cache, digest);
        await using (var stream = incoming.Create())
        {
            await request.Body.CopyToAsync(stream, cancellation);
        }

        if (!incoming.Accept())
        {
            return TypedResults.Problem(
                $"The bytes that were sent do not have the SHA-256 {digest.Hex}. Nothing was kept; send the file again.",
                statusCode: StatusCodes.Status422UnprocessableEntity,
                title: "Digest mismatch"
            );
        }

        if (own != true)
        {
            await Blocking(() => store.Publish(cache.PathOf(digest), cancellation), cancellation);
        }

        return TypedResults.Created(request.Path);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DiscardAsync(
        string hash,
        bool? own,
        ArtifactCache cache,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        if (!TryParse(hash, out var digest))
        {
            return NoDigest(hash);
        }

        cache.Discard(digest);
        if (own != true)
        {
            await Blocking(
                () =>
                {
                    store.Discard(digest);
                    return true;
                },
                cancellation
            );
        }

        return TypedResults.NoContent();
    }

    private static bool TryParse(string text, out ContentHash digest)
    {
        digest = new ContentHash(text);
        return text.Length == 64 && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));
    }

    private static ProblemHttpResult NoDigest(string text) =>
        TypedResults.Problem(
            $"'{text}' is no digest: 64 lower-case hexadecimal digits are expected.",
            statusCode: StatusCodes.Status400BadRequest,
            title: "Not a digest"
        );
}
