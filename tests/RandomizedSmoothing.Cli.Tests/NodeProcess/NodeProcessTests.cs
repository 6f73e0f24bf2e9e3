using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RandomizedSmoothing.Cluster.Membership;
using RandomizedSmoothing.Core;
using RandomizedSmoothing.Node.Hosting;
using RandomizedSmoothing.Node.Options;

namespace RandomizedSmoothing.Cli.Tests.NodeProcess;

/// <summary>The life of <c>rsmooth node</c> as its supervisor sees it.</summary>
public sealed class NodeProcessTests
{
    [Fact]
    public async Task A_node_that_is_told_to_stop_while_it_starts_ends_well()
    {
        using var scratch = new ScratchFolder();
        var options = Options(scratch.Path, "0");
        using var said = new StringWriter();

        var exit = await Cli.NodeProcess.NodeProcess.RunAsync(
            options,
            new Terminal { Out = TextWriter.Null, Error = said },
            new CancellationToken(canceled: true)
        );

        exit.ShouldBe(ExitCodes.Done);
        said.ToString().ShouldContain("told to stop before it had started");
    }

    [Fact]
    public async Task A_second_node_on_the_same_port_is_refused_and_the_first_goes_on()
    {
        using var scratch = new ScratchFolder();
        var quiet = new NodeParts { Logging = logging => logging.ClearProviders() };
        await using var first = await NodeHost.StartAsync(Options(scratch.File("first"), "0"), quiet);
        var port = first.Address.Split(':')[^1];

        var refusal = await Should.ThrowAsync<UserErrorException>(() =>
            NodeHost.StartAsync(Options(scratch.File("second"), port), quiet)
        );

        refusal.Message.ShouldContain($"127.0.0.1:{port}");
        refusal.Message.ShouldContain("Stop what uses the port");
        first.Services.GetRequiredService<MembershipWatch>().Reason.ShouldBeNull();
    }

    [SkippableFact]
    public async Task The_log_goes_to_standard_error_and_nothing_to_standard_output()
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM on Windows");
        using var scratch = new ScratchFolder();
        await File.WriteAllTextAsync(scratch.File("debug.hocon"), "akka.loglevel = DEBUG");
        string[] arguments =
        [
            "node",
            "--config",
            "debug.hocon",
            "--log-level",
            "debug",
            "--log-format",
            "json",
            "--port",
            "0",
            "--http",
            "127.0.0.1:0",
            "--cache",
            "cache",
        ];
        await using var node = RsmoothProcess.Start(scratch.Path, arguments);
        await node.LineAsync(line => line.StartsWith("rsmooth node (", StringComparison.Ordinal));

        await node.SignalAsync("TERM");

        (await node.ExitAsync()).ShouldBe(ExitCodes.Done, node.Error);
        node.Error.ShouldContain("{\"Timestamp\"");
        node.Output.ShouldBeEmpty();
    }

    private static NodeOptions Options(string cache, string port) =>
        NodeOptionsReader.Read(
            new Dictionary<string, IReadOnlyList<string>>
            {
                ["cache"] = [cache],
                ["port"] = [port],
                ["http"] = ["127.0.0.1:0"],
                ["roles"] = ["control"],
            },
            new Dictionary<string, string>()
        );
}
