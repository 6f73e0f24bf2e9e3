using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Node.Tests.Api;

/// <summary>An answer that refers to the log is right: what users are not told stands there.</summary>
public sealed class UnexpectedErrorTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly ConcurrentQueue<string> _log = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/csv")]
    public async Task A_defect_leaves_an_error_with_its_place_and_without_the_query(string accept)
    {
        var answer = await AskAsync(new InvalidOperationException("an imaginary defect"), accept);

        answer.Status.ShouldBe(HttpStatusCode.InternalServerError);
        answer.Text.ShouldNotContain("imaginary");
        var line = Errors().Where(line => line.StartsWith("Error Failed ", StringComparison.Ordinal));
        line.ShouldHaveSingleItem().ShouldContain("GET /api/v1/artifacts/");
        line.Single().ShouldContain("an imaginary defect");
        line.Single().ShouldContain(nameof(BrokenStore));
        _log.ShouldAllBe(l => !l.Contains("hidden"));
    }

    [Fact]
    public async Task A_defect_is_told_once()
    {
        var answer = await AskAsync(new InvalidOperationException("an imaginary defect"), "*/*");

        answer.Text.ShouldContain("its log says more");
        Errors().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_users_are_told_is_no_error_of_the_node()
    {
        var answer = await AskAsync(new UserErrorException("Choose another file."), "*/*");

        answer.Status.ShouldBe(HttpStatusCode.Conflict);
        answer.Text.ShouldContain("Choose another file.");
        Errors().ShouldBeEmpty();
    }

    private IEnumerable<string> Errors() =>
        _log.Where(line =>
            line.StartsWith(nameof(LogLevel.Error), StringComparison.Ordinal)
            || line.StartsWith(nameof(LogLevel.Critical), StringComparison.Ordinal)
        );

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(Exception error, string accept)
    {
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["roles"] = ["control"],
            ["cache"] = [_scratch.Path],
            ["port"] = ["0"],
            ["http"] = ["127.0.0.1:0"],
        };
        var options = NodeOptionsReader.Read(flags, new Dictionary<string, string>());
        var parts = new NodeParts
        {
            Logging = logging => logging.ClearProviders().AddProvider(new LogLines(_log)),
            Additions = (_, services) => services.AddSingleton<IArtifactStore>(new BrokenStore(error)),
        };
        await using var node = await NodeHost.StartAsync(options, parts);
        using var http = new HttpClient { BaseAddress = node.Http };
        http.DefaultRequestHeaders.Add("Accept", accept);
        using var answer = await http.GetAsync($"/api/v1/artifacts/{new string('a', 64)}?own=true&token=hidden");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private sealed class BrokenStore(Exception error) : IArtifactStore
    {
        public string? Find(ContentHash hash) => throw error;

        public string Obtain(ContentHash hash, CancellationToken cancellation) => throw error;

        public ContentHash Publish(string path, CancellationToken cancellation) => throw error;

        public ContentHash Publish(Action<Stream> write, CancellationToken cancellation) => throw error;

        public void Discard(ContentHash hash) => throw error;
    }
}
