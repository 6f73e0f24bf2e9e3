using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using RandomizedSmoothing.Node.Access;

namespace RandomizedSmoothing.Cli.Tests.NodeProcess;

/// <summary>What the documents of a deployment show works: keys as they are made, nodes as they are started.</summary>
public sealed partial class DocumentedCommandsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("docker-compose.yml", "node operator", "me operator", "prometheus viewer")]
    [InlineData("k8s/README.md", "node operator", "me operator", "scaler viewer")]
    [InlineData("k8s/overlays/keda/worker-scaling.yaml", "scaler viewer")]
    public async Task Every_documented_key_is_made_with_its_role(string document, params string[] keys)
    {
        var text = Read(document);
        var function = KeysFunction().Match(text) is { Success: true } own
            ? own
            : KeysFunction().Match(Read("k8s/README.md"));
        function.Success.ShouldBeTrue("the function 'keys' is defined");
        var calls = KeysCall().Matches(text);

        foreach (Match call in calls)
        {
            var arguments = $"{function.Groups[1].Value.Replace("/s/", "")} {call.Groups[1].Value}";
            var run = await RsmoothRunner.RunInAsync(_folder.Path, Words(arguments));

            run.ExitCode.ShouldBe(ExitCodes.Done, $"{document}: {call.Value}\n{run.Error}");
            run.Output.TrimEnd('\n').ShouldNotContain("\n", Case.Sensitive, "the key alone goes to a file");
        }

        File.ReadLines(_folder.File("keys")).Select(line => string.Join(' ', line.Split(' ')[..2])).ShouldBe(keys);
    }

    [Fact]
    public async Task The_documented_cluster_of_several_machines_starts_with_the_settings_that_are_shown()
    {
        _folder.Write("password", "secret");
        var section = Read("cluster-config/README.md").Split("\n## Several machines\n")[1].Split("\n## ")[0];
        var block = section.Split("```bash\n")[1].Split("```")[0].Replace("\\\n", "", StringComparison.Ordinal);
        var commands = block.Split('\n').Where(line => line.StartsWith("rsmooth ", StringComparison.Ordinal)).ToList();
        var nodes = 0;

        foreach (var command in commands)
        {
            var parts = command["rsmooth ".Length..]
                .Replace("/etc/rsmooth/", _folder.Path + "/", StringComparison.Ordinal)
                .Replace("cluster-config/", Path.Combine(RepositoryRoot.Path, "cluster-config") + "/")
                .Split(" > ");
            var words = Words(parts[0]);
            var isNode = !words.Contains("keys");
            var run = await RsmoothRunner.RunInAsync(
                _folder.Path,
                isNode ? ["node", "check", .. words[1..], "--cache", _folder.File("cache")] : words
            );

            run.ExitCode.ShouldBe(ExitCodes.Done, $"{command}\n{run.Error}");
            if (isNode)
            {
                nodes++;
                run.Error.ShouldBeEmpty("nothing is to be warned of");
                words.ShouldContain("--peer-key-file", "control nodes have keys");
            }
            else if (parts.Length > 1)
            {
                await File.WriteAllTextAsync(_folder.File(parts[1]), run.Output);
            }
        }

        nodes.ShouldBe(2);
        var access = new AccessOptions { KeysFile = _folder.File("keys") };
        var ring = new KeyRing(access, TimeProvider.System, NullLogger<KeyRing>.Instance);
        ring.TryVerify(File.ReadLines(_folder.File("node-key")).First(), out var peer).ShouldBeTrue();
        peer!.Role.ShouldBe(AccessRole.Operator);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, path));

    private static string[] Words(string command) =>
        [.. Word().Matches(command).Select(word => word.Value.Trim('\'', '"'))];

    [GeneratedRegex("""keys\(\) \{ docker run .* rsmooth:\S+ (node keys new .*) "\$@"; \}""")]
    private static partial Regex KeysFunction();

    [GeneratedRegex("""\bkeys ((?:--[a-z-]+ [a-z]+ ?)+)""")]
    private static partial Regex KeysCall();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Word();
}
