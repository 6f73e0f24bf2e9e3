using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Models.Artifacts;
using RandomizedSmoothing.Node.Artifacts;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Artifacts;

public sealed class LeftoversTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_node_that_starts_removes_what_earlier_ones_left()
    {
        var incoming = Leftovers.Incoming(new CacheFolders(_scratch.Path).Artifacts);
        var exports = Leftovers.Exports(_scratch.Path);
        foreach (var age in new[] { "old", "new" })
        {
            _scratch.Write(Path.Combine(incoming, age), "half a model");
            _scratch.Write(Path.Combine(exports, age + ".zip"), "half an archive");
            _scratch.Write(Path.Combine(exports, age, "report.html"), "half a report");
        }

        foreach (var old in new[] { Path.Combine(incoming, "old"), Path.Combine(exports, "old.zip") })
        {
            File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddMinutes(-61));
        }

        Directory.SetLastWriteTimeUtc(Path.Combine(exports, "old"), DateTime.UtcNow.AddMinutes(-61));

        await using var node = await StartAsync();

        Directory.GetFileSystemEntries(incoming).Select(Path.GetFileName).ShouldBe(["new"]);
        Directory.GetFileSystemEntries(exports).Select(Path.GetFileName).Order().ShouldBe(["new", "new.zip"]);
    }

    private Task<NodeHost> StartAsync()
    {
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["roles"] = ["control"],
            ["cache"] = [_scratch.Path],
            ["port"] = ["0"],
            ["http"] = ["127.0.0.1:0"],
        };
        return NodeHost.StartAsync(
            NodeOptionsReader.Read(flags, new Dictionary<string, string>()),
            new NodeParts { Logging = logging => logging.ClearProviders() }
        );
    }
}
