using System.Text.RegularExpressions;

namespace RandomizedSmoothing.Cli.Tests;

/// <summary>
/// What the README shows works: every line of its <c>sh</c> blocks is run, in order, in one folder that looks like the checkout.
/// Blocks that need an engine or a cluster are marked <c>console</c>; their files are checked by the deployment tests.
/// </summary>
public sealed partial class ReadmeTests : IDisposable
{
    private const string RunPrefix = "dotnet run -c Release --project src/RandomizedSmoothing.Cli -- ";
    private const string TestCommand = "dotnet test -c Release RandomizedSmoothing.sln";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_command_of_the_README_runs()
    {
        Directory.CreateSymbolicLink(
            _folder.File("cluster-config"),
            Path.Combine(RepositoryRoot.Path, "cluster-config")
        );
        var commands = Commands().ToList();
        commands.Count.ShouldBeGreaterThan(5);
        foreach (var command in commands.Where(c => c != TestCommand))
        {
            var run = await RsmoothRunner.RunInAsync(_folder.Path, Arguments(command));

            run.ExitCode.ShouldBe(ExitCodes.Done, $"{command}\n{run.Error}");
        }
    }

    [Fact]
    public void The_first_two_commands_run_the_main_job_and_the_tests()
    {
        var commands = Commands().Take(2).ToList();

        commands[0].ShouldBe(RunPrefix + "run cluster-config/sweeps/quickstart.yaml");
        commands[1].ShouldBe(TestCommand);
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, ".ci", "run")).ShouldContain(TestCommand);
    }

    private static IEnumerable<string> Commands() =>
        ShellBlock()
            .Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "README.md")))
            .SelectMany(block => block.Groups[1].Value.Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && !line.StartsWith('#'));

    private static string[] Arguments(string command)
    {
        var text =
            command.StartsWith(RunPrefix, StringComparison.Ordinal) ? command[RunPrefix.Length..]
            : command.StartsWith("rsmooth ", StringComparison.Ordinal) ? command["rsmooth ".Length..]
            : throw new InvalidOperationException($"The README shows '{command}', which this test cannot run.");
        text = Comment().Replace(text, "");
        return [.. Word().Matches(text).Select(word => word.Value.Trim('\'', '"'))];
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Word();
}
