using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Node.Access;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Access;

/// <summary>A control node with keys, that takes files below one directory, and whose log is kept.</summary>
public sealed class GuardedNode : IAsyncLifetime
{
    private readonly ScratchDirectory _scratch = new();
    private NodeHost _node = null!;

    public Uri Address => _node.Http;

    /// <summary>Where submitted sweeps may take files from.</summary>
    public string Files => Directory.CreateDirectory(Path.Combine(_scratch.Path, "files")).FullName;

    /// <summary>A directory that they may not.</summary>
    public string Elsewhere => Directory.CreateDirectory(Path.Combine(_scratch.Path, "elsewhere")).FullName;

    public string Viewer { get; } = "";

    public string Operator { get; } = "";

    /// <summary>A viewer whose key may be struck out.</summary>
    public string Guest { get; } = "";

    public ConcurrentQueue<string> Log { get; } = new();

    private readonly string _keys;
    private readonly string _guest;

    public GuardedNode()
    {
        var (viewer, viewerText) = AccessKey.Create("vera", AccessRole.Viewer);
        var (op, opText) = AccessKey.Create("otto", AccessRole.Operator);
        var (guest, guestText) = AccessKey.Create("gus", AccessRole.Viewer);
        (Viewer, Operator, Guest) = (viewerText, opText, guestText);
        _keys = $"# who may what\n{viewer.Line}\n{op.Line}\n";
        _guest = guest.Line;
    }

    public async Task InitializeAsync()
    {
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["roles"] = ["control"],
            ["cache"] = [Path.Combine(_scratch.Path, "cache")],
            ["port"] = ["0"],
            ["http"] = ["127.0.0.1:0"],
            ["keys-file"] = [_scratch.Write("keys", _keys + _guest)],
            ["submitted-files"] = [Files],
        };
        var options = NodeOptionsReader.Read(flags, new Dictionary<string, string>());
        _node = await NodeHost.StartAsync(
            options,
            new NodeParts { Logging = logging => logging.ClearProviders().AddProvider(new LogLines(Log)) }
        );
        using var http = Http(null);
        await Eventually.Async(
            async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode,
            "the node is ready, and says so without a key"
        );
    }

    /// <summary>Strikes the guest's key out, for good.</summary>
    public void StrikeOutGuest() => _scratch.Write("keys", _keys);

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _scratch.Dispose();
    }

    /// <summary>A client that shows a key, or none; it follows no redirection.</summary>
    public HttpClient Http(string? key) =>
        new(new KeyedHandler(key, new SocketsHttpHandler { AllowAutoRedirect = false })) { BaseAddress = Address };
}
