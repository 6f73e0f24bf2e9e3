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
    [InlineData("rsmooth ls --state ", "completed-with-gaps")]
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

        (await OutputAsync("/bin/bash", "--norc", "-c", test)).ShouldBe("certificate\n");
    }

    [SkippableFact]
    public async Task The_fish_script_completes_in_a_real_fish()
    {
        Skip.IfNot(File.Exists("/usr/bin/fish"), "There is no /usr/bin/fish here.");
        using var scratch = new ScratchFolder();
        var script = scratch.Write("rsmooth.fish", (await RsmoothRunner.RunAsync("completion", "fish")).Output);
        var test = $$"""
            function rsmooth; test "$argv[1] $argv[2]" = "[suggest:14] rsmooth calc c"; and printf 'certificate\nbound\n'; end
            source '{{script}}'
            complete -C 'rsmooth calc c'
            """;

        (await OutputAsync("/usr/bin/fish", "--no-config", "-c", test)).ShouldBe("certificate\n");
    }

    private static async Task<string> OutputAsync(string shell, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
