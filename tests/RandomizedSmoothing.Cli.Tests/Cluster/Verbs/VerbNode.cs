using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Cli.Tests.Cluster.Verbs;

/// <summary>A whole node in the test process, and the command line against it.</summary>
public sealed class VerbNode : IAsyncLifetime
{
    private readonly ScratchFolder _scratch = new();
    private NodeHost? _node;

    private string Address => _node!.Http.ToString();

    public async Task InitializeAsync()
    {
        var flags = new Dictionary<string, IReadOnlyList<string>>
        {
            ["cache"] = [_scratch.File("cache")],
            ["port"] = ["0"],
            ["http"] = ["127.0.0.1:0"],
            ["devices"] = ["cpu:1"],
            ["name"] = ["the-worker"],
        };
        var options = NodeOptionsReader.Read(flags, new Dictionary<string, string>());
        _node = await NodeHost.StartAsync(options, new NodeParts { Logging = logging => logging.ClearProviders() });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var http = new HttpClient();
        while (!(await http.GetAsync(new Uri(_node.Http, "/health/ready"), limit.Token)).IsSuccessStatusCode)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    public async Task DisposeAsync()
    {
        await _node!.DisposeAsync();
        _scratch.Dispose();
    }

    public string File(string name) => _scratch.File(name);

    /// <summary>Takes a file out of the node's store, as a disk that failed would.</summary>
    public void Forget(string file)
    {
        using var content = System.IO.File.OpenRead(file);
        var name = Convert.ToHexStringLower(SHA256.HashData(content));
        foreach (var stored in Directory.GetFiles(_scratch.File("cache"), name, SearchOption.AllDirectories))
        {
            System.IO.File.Delete(stored);
        }
    }

    /// <summary>Runs a verb against the node.</summary>
    internal Task<RsmoothRunner.Finished> RunAsync(params string[] arguments) =>
        RsmoothRunner.RunInAsync(_scratch.Path, [.. arguments, "--cluster", Address]);

    /// <summary>Starts a verb as a process of its own.</summary>
    internal RsmoothProcess Start(params string[] arguments) =>
        RsmoothProcess.Start(_scratch.Path, [.. arguments, "--cluster", Address]);

    /// <summary>Submits a sweep of a few digits.</summary>
    internal async Task<string> SubmitAsync(string name, int images, int draws, params string[] options)
    {
        var file = _scratch.Write(
            $"{name}.yaml",
            $$"""
            name: {{name}}
            seed: 7
            datasets: [{ name: digits, max: {{images}} }]
            models: [{ name: conv, architecture: small-conv, train: { sigmas: [0.25], epochs: 1 } }]
            sigmas: [0.25]
            certify: { n0: 10, n: {{draws}}, alpha: 0.01 }
            """
        );
        var run = await RunAsync(["submit", file, .. options]);
        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        return run.Output;
    }
}
