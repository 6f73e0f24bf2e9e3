using RandomizedSmoothing.Core.Sweeps;

namespace RandomizedSmoothing.Cli.Tests.Init;

public sealed class InitCommandTests
{
    [Theory]
    [InlineData("quickstart")]
    [InlineData("mnist-gaussian")]
    [InlineData("mnist-imported")]
    public async Task A_new_sweep_file_is_valid_and_named_after_itself(string template)
    {
        using var scratch = new ScratchFolder();

        var run = await RsmoothRunner.RunInAsync(scratch.Path, "init", "my first σ.yaml", "--from", template);

        run.ExitCode.ShouldBe(ExitCodes.Done, run.Error);
        run.Error.ShouldContain("rsmooth run my first σ.yaml");
        var text = await File.ReadAllTextAsync(scratch.File("my first σ.yaml"));
        text.ShouldContain("rsmooth run my first σ.yaml");
        var result = SweepFile.Parse(text, scratch.File("my first σ.yaml"), []);
        result.Describe().ShouldBe("");
        result.Require().Name.ShouldBe("my-first");
    }

    [Fact]
    public async Task A_file_that_exists_is_left_as_it_is_unless_forced()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("sweep.yaml", "mine");

        var refused = await RsmoothRunner.RunInAsync(scratch.Path, "init");

        refused.ExitCode.ShouldBe(ExitCodes.BadInput);
        refused.Error.ShouldContain("exists already");
        (await File.ReadAllTextAsync(scratch.File("sweep.yaml"))).ShouldBe("mine");
        (await RsmoothRunner.RunInAsync(scratch.Path, "init", "--force")).ExitCode.ShouldBe(ExitCodes.Done);
        (await File.ReadAllTextAsync(scratch.File("sweep.yaml"))).ShouldContain("name: sweep ");
    }

    [Fact]
    public async Task A_dash_prints_the_file()
    {
        var run = await RsmoothRunner.RunAsync("init", "-");

        SweepFile.Parse(run.Output, "/x/s.yaml", []).IsValid.ShouldBeTrue();
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_named()
    {
        using var scratch = new ScratchFolder();

        var run = await RsmoothRunner.RunInAsync(scratch.Path, "init", "no/where.yaml");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("cannot be written");
    }
}
