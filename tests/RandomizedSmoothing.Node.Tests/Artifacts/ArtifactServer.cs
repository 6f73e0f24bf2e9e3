using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Node.Artifacts;

namespace RandomizedSmoothing.Node.Tests.Artifacts;

/// <summary>The artifact endpoints of a control node on a port of their own.</summary>
internal sealed class ArtifactServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ArtifactServer(WebApplication app, ArtifactCache cache)
    {
        _app = app;
        Cache = cache;
    }

    public ArtifactCache Cache { get; }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>What each request asked for: method, path and range.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Starts it over a folder.</summary>
    /// <param name="folder">The cache.</param>
    /// <param name="peers">Other control nodes.</param>
    /// <param name="cutAfter">Breaks the connection of the first download after so many bytes.</param>
    public static async Task<ArtifactServer> StartAsync(string folder, Uri[]? peers = null, long? cutAfter = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var cache = new ArtifactCache(folder);
        var sources = new ArtifactSources { Controls = peers ?? [], IsControl = true };
        builder.Services.AddSingleton(cache);
        builder.Services.AddSingleton<IArtifactStore>(new HttpArtifactStore(cache, sources, Invoker()));
        var server = new ArtifactServer(builder.Build(), cache);
        var cuts = cutAfter is null ? 0 : 1;
        server._app.Use(
            async (context, next) =>
            {
                lock (server.Requests)
                {
                    server.Requests.Add($"{context.Request.Method} {context.Request.Headers.Range}");
                }

                if (context.Request.Method == "GET" && Interlocked.Decrement(ref cuts) == 0)
                {
                    context.Response.Body = new CutStream(context, cutAfter!.Value);
                }

                await next(context);
            }
        );
        server._app.MapArtifacts();
        await server._app.StartAsync();
        return server;
    }

    public static HttpMessageInvoker Invoker() =>
        new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>Lets some bytes through and then breaks the connection, as a dying node does.</summary>
    private sealed class CutStream(HttpContext context, long bytes) : MemoryStream
    {
        private readonly Stream _inner = context.Response.Body;
        private long _left = bytes;

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellation = default
        )
        {
            var part = buffer[..(int)Math.Min(buffer.Length, _left)];
            await _inner.WriteAsync(part, cancellation);
            await _inner.FlushAsync(cancellation);
            _left -= part.Length;
            if (_left == 0)
            {
                context.Abort();
            }
        }
    }
}
