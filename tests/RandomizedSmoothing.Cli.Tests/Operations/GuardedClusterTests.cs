using System.Text.Json;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Cli.Tests.Operations;

/// <summary>The verbs of whoever runs a cluster, against a node that asks for keys.</summary>
public sealed class GuardedClusterTests(GuardedCluster cluster) : IClassFixture<GuardedCluster>
{
    private const string Sweep = """
        name: waiting
        datasets: [{ name: digits, max: 3 }]
        models: [{ name: conv, architecture: small-conv, train: { epochs: 1, maxImages: 50 } }]
        sigmas: [0.25]
        certify: { n0: 10, n: 1000 }
        """;

    [Fact]
    public async Task Without_a_key_the_remedy_is_said_and_with_it_the_verb_works()
    {
        var without = await RsmoothRunner.RunAsync("ls", "--cluster", cluster.Address);
        without.ExitCode.ShouldBe(ExitCodes.BadInput);
        without.Error.ShouldContain("RSMOOTH_API_KEY");

        (await RunAsync("ls")).ExitCode.ShouldBe(ExitCodes.Done);
        var console = await RsmoothRunner.RunAsync(
            "console",
            "--api-key-file",
            cluster.KeyFile,
            cluster.Address,
            "worker",
            "rates"
        );
        console.Output.ShouldContain("No worker is connected.");
        using var folder = new ScratchFolder();
        var two = folder.Write("two-words", "hunter2 hunter3");
        var odd = await RsmoothRunner.RunAsync("ls", "--cluster", cluster.Address, "--api-key-file", two);
        odd.ExitCode.ShouldBe(ExitCodes.BadInput);
        odd.Error.ShouldContain("is no API key");
        odd.Error.ShouldNotContain("hunter");
    }

    [Fact]
    public async Task Many_readers_at_once_are_served_without_an_error()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder.File("sweep.yaml"), Sweep);
        (await RunAsync("submit", folder.File("sweep.yaml"))).ExitCode.ShouldBe(ExitCodes.Done);

        var run = await RunAsync(
            "load-test",
            "waiting",
            "--streams",
            "50",
            "--requests",
            "200",
            "--seconds",
            "2",
            "--warm-up",
            "1",
            "--pairs",
            "0",
            "-o",
            "json"
        );

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Output);
        using var json = JsonDocument.Parse(run.Output);
        var values = json.RootElement.EnumerateArray().ToDictionary(r => r.GetProperty("quantity").GetString()!);
        values["requests"].GetProperty("value").GetInt32().ShouldBe(400);
        values["errors"].GetProperty("value").GetInt32().ShouldBe(0);
        values["p99 ms"].GetProperty("value").GetDouble().ShouldBeGreaterThan(0);
        values["events"].GetProperty("value").GetInt32().ShouldBeGreaterThanOrEqualTo(50);
        (await RunAsync("load-test")).ExitCode.ShouldBe(ExitCodes.BadInput);
        var unknown = await RunAsync("load-test", "nobody", "--seconds", "1", "--warm-up", "0");
        unknown.ExitCode.ShouldBe(ExitCodes.BadInput);
    }

    [Fact]
    public async Task The_doctor_looks_at_the_machine_and_the_cluster()
    {
        var run = await RunAsync("doctor", "-o", "json");

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Output);
        using var json = JsonDocument.Parse(run.Output);
        var checks = json.RootElement.EnumerateArray().ToDictionary(r => r.GetProperty("check").GetString()!);
        checks["libtorch"].GetProperty("state").GetString().ShouldBe("ok");
        checks["versions"].GetProperty("state").GetString().ShouldBe("ok");
        checks
            .Single(c => c.Key.EndsWith(" health", StringComparison.Ordinal))
            .Value.GetProperty("finding")
            .GetString()!
            .ShouldContain("ledger writable");
        (await RsmoothRunner.RunAsync("doctor", "--cluster", "http://127.0.0.1:1")).ExitCode.ShouldBe(ExitCodes.Error);
    }

    [Fact]
    public async Task Advice_is_given_before_any_speed_is_known()
    {
        var run = await RunAsync("workers", "--advise", "--deadline", "2h", "--cost-per-hour", "3");

        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Error.ShouldMatch("Nothing is pending|No speed has been measured");
        (await RunAsync("workers", "--advise", "--deadline", "soon")).ExitCode.ShouldBe(ExitCodes.BadInput);
    }

    [Fact]
    public async Task A_new_key_is_printed_once_and_its_digest_kept()
    {
        using var folder = new ScratchFolder();
        var file = folder.File("keys");

        var run = await RsmoothRunner.RunAsync(
            "node",
            "keys",
            "new",
            "--name",
            "alice",
            "--role",
            "operator",
            "--append-to",
            file
        );

        run.ExitCode.ShouldBe(ExitCodes.Done);
        AccessKey.TryParse((await File.ReadAllTextAsync(file)).Trim(), out var key).ShouldBeTrue();
        key!.Matches(run.Output.Trim()).ShouldBeTrue();
        var again = await RsmoothRunner.RunAsync("node", "keys", "new", "--name", "alice", "--append-to", file);
        again.ExitCode.ShouldBe(ExitCodes.BadInput);
        again.Error.ShouldContain("'alice' already");
    }

    private Task<RsmoothRunner.Finished> RunAsync(params string[] arguments) =>
        RsmoothRunner.RunAsync([.. arguments, "--cluster", cluster.Address, "--api-key-file", cluster.KeyFile]);
}
