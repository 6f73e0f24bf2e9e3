namespace RandomizedSmoothing.Cli.Tests.Run;

/// <summary>A results folder on a file system that takes no writes: an archive, a snapshot, a share of somebody else's.</summary>
public sealed class ReadOnlyFolderTests : IDisposable
{
    private const string Mount = "mount --bind results results && mount -o remount,bind,ro results && exec \"$@\"";
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task A_plan_tells_what_it_holds_and_a_run_is_refused_in_plain_words()
    {
        Skip.IfNot(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "read-only file systems are mounted by root on Linux"
        );
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text);
        (await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep)).ExitCode.ShouldBe(ExitCodes.Done);
        var asBefore = await RsmoothRunner.RunInAsync(_folder.Path, "plan", sweep, "--no-calibration");

        var (planned, plan, _) = await ReadOnlyAsync("plan", sweep, "--no-calibration");
        var (ran, _, refusal) = await ReadOnlyAsync("run", sweep);

        planned.ShouldBe(ExitCodes.Done, plan);
        plan.ShouldBe(asBefore.Output);
        ran.ShouldBe(ExitCodes.BadInput, refusal);
        refusal.ShouldContain("read-only");
        refusal.ShouldNotContain("   at ");
    }

    private async Task<(int Exit, string Output, string Error)> ReadOnlyAsync(params string[] arguments)
    {
        await using var process = RsmoothProcess.StartIn(
            _folder.Path,
            [],
            ["unshare", "--mount", "sh", "-c", Mount, "sh"],
            arguments
        );
        var exit = await process.ExitAsync();
        return (exit, process.Output, process.Error);
    }
}
