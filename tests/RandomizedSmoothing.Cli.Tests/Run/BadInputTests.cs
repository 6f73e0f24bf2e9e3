namespace RandomizedSmoothing.Cli.Tests.Run;

public sealed class BadInputTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_wrong_sweep_file_lists_every_problem_and_creates_nothing()
    {
        var sweep = _folder.Write(
            "wrong.yaml",
            """
            name: wrong
            datasets: [{ name: digts }]
            models: [{ name: conv, architecture: small-conv, train: { epochs: -1 } }]
            sigmas: [0.25, -1]
            certify: { n: 5, alpha: 0.001, colour: red }
            """
        );

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        foreach (var told in new[] { "digts", "epochs", "-1", "colour", "certify.n", ":2:", ":3:", ":4:", ":5:" })
        {
            run.Error.ShouldContain(told);
        }

        run.Output.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBe([sweep]);
    }

    [Fact]
    public async Task A_missing_sweep_file_is_named()
    {
        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", "nowhere.yaml");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("nowhere.yaml");
    }

    [Fact]
    public async Task A_missing_model_file_is_named_and_creates_nothing()
    {
        var sweep = _folder.Write(
            "import.yaml",
            """
            name: import
            datasets: [{ name: digits }]
            models: [{ name: mine, file: absent.ts.pt }]
            sigmas: [0.25]
            certify: { n: 100 }
            """
        );

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("absent.ts.pt");
        run.Error.ShouldNotContain("   at ");
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBe([sweep]);
    }

    [Theory]
    [InlineData("images", "0x01020")]
    [InlineData("truncated", "bytes")]
    public async Task A_damaged_data_file_is_named(string damage, string told)
    {
        Directory.CreateDirectory(_folder.File("data"));
        byte[] images =
            damage == "images"
                ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
                : [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 8, 1];
        File.WriteAllBytes(_folder.File("data/t10k-images-idx3-ubyte"), images);
        File.WriteAllBytes(_folder.File("data/t10k-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        File.WriteAllBytes(_folder.File("data/train-images-idx3-ubyte"), images);
        File.WriteAllBytes(_folder.File("data/train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
        var sweep = _folder.Write(
            "damaged.yaml",
            TinySweep.Text.Replace("name: digits", "name: mnist, path: data", StringComparison.Ordinal)
        );

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("idx3-ubyte");
        run.Error.ShouldContain(told, Case.Insensitive);
        Directory.Exists(_folder.File("results")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_that_holds_another_sweep_is_refused_untouched()
    {
        var first = _folder.Write("first.yaml", TinySweep.Text);
        var second = _folder.Write(
            "second.yaml",
            TinySweep.Text.Replace("name: tiny", "name: other", StringComparison.Ordinal)
        );
        (
            await RsmoothRunner.RunInAsync(_folder.Path, "run", first, "--out", "shared", "--set", "certify.n=50")
        ).ExitCode.ShouldBe(ExitCodes.Done);
        var before = File.ReadAllText(_folder.File("shared/manifest.json"));

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", second, "--out", "shared");

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain("'tiny'");
        run.Error.ShouldContain("--out");
        File.ReadAllText(_folder.File("shared/manifest.json")).ShouldBe(before);
    }

    [Fact]
    public async Task An_unwritable_results_folder_is_named()
    {
        var sweep = _folder.Write("tiny.yaml", TinySweep.Text);
        _folder.Write("taken", "a file where the folder should be");

        var run = await RsmoothRunner.RunInAsync(_folder.Path, "run", sweep, "--out", "taken/results");

        run.ExitCode.ShouldBeOneOf(ExitCodes.BadInput, ExitCodes.Error);
        run.Error.ShouldContain("taken");
        run.Error.ShouldNotContain("   at ");
        run.Error.ShouldNotContain("defect");
    }
}
