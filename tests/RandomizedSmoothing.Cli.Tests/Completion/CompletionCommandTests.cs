using System.Diagnostics;

namespace RandomizedSmoothing.Cli.Tests.Completion;

public sealed class CompletionCommandTests
{
    [Theory]
    [InlineData("bash", "complete -F")]
    [InlineData("zsh", "compdef _rsmooth rsmooth")]
    [InlineData("fish", "complete -c rsmooth")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Every_shell_has_a_script(string shell, string line)
    {
        var run = await RsmoothRunner.RunAsync("completion", shell);

        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Output.ShouldContain(line);
        run.Output.ShouldContain("[suggest:");
    }

    [Fact]
    public async Task An_unknown_shell_is_bad_input() =>
        (await RsmoothRunner.RunAsync("completion", "cmd")).ExitCode.ShouldBe(ExitCodes.BadInput);

    [Theory]
    [InlineData("rsmooth calc ", "certificate")]
    [InlineData("rsmooth calc radius --noise ", "gaussian")]
    [InlineData("rsmooth init --from ", "mnist-gaussian")]
    public async Task The_program_answers_what_the_scripts_ask(string line, string suggestion)
    {
        var run = await RsmoothRunner.RunAsync($"[suggest:{line.Length}]", line);

        run.ExitCode.ShouldBe(ExitCodes.Done);
        run.Output.Split('\n').ShouldContain(suggestion);
    }

    [SkippableFact]
    public async Task The_bash_script_completes_in_a_real_bash()
    {
        Skip.IfNot(File.Exists("/bin/bash"), "There is no /bin/bash here.");
        using var scratch = new ScratchFolder();
        var script = scratch.Write("rsmooth.bash", (await RsmoothRunner.RunAsync("completion", "bash")).Output);
        var test = $$"""
            source '{{script}}'
            rsmooth() { [ "$1" = "[suggest:14]" ] && [ "$2" = "rsmooth calc c" ] && printf -- '--help\ncertificate\nbound\n'; }
            COMP_LINE="rsmooth calc c"; COMP_POINT=14; COMP_WORDS=(rsmooth calc c); COMP_CWORD=2
            _rsmooth_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        using var bash = Process.Start(
            new ProcessStartInfo("/bin/bash", ["--norc", "-c", test]) { RedirectStandardOutput = true }
        )!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();

        output.ShouldBe("certificate\n");
    }
}
