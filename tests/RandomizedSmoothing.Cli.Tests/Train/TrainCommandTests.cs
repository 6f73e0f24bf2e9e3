using RandomizedSmoothing.Core.Sweeps;
using RandomizedSmoothing.Models.Importing;
using RandomizedSmoothing.Node.Submission;

namespace RandomizedSmoothing.Cli.Tests.Train;

public sealed class TrainCommandTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_training_goes_on_to_the_bytes_of_an_undisturbed_one()
    {
        await using (var killed = Train("killed", 40, "a.safetensors"))
        {
            // Some epochs in, and then in the middle of one.
            await killed.LineAsync(line => line.StartsWith("epoch 3/", StringComparison.Ordinal));
            await killed.KillAsync();
        }

        File.Exists(_folder.File("a.safetensors")).ShouldBeFalse();
        await using var resumed = Train("killed", 40, "a.safetensors");
        (await resumed.ExitAsync()).ShouldBe(ExitCodes.Done, resumed.Error);
        resumed.Error.ShouldContain("going on after epoch ");
        await using var undisturbed = Train("undisturbed", 40, "b.safetensors");
        (await undisturbed.ExitAsync()).ShouldBe(ExitCodes.Done, undisturbed.Error);
        undisturbed.Error.ShouldNotContain("going on");
        foreach (var ending in new[] { "safetensors", "yaml", "csv", "svg", "png" })
        {
            File.ReadAllBytes(_folder.File($"a.{ending}")).ShouldBe(File.ReadAllBytes(_folder.File($"b.{ending}")));
        }

        File.ReadAllLines(_folder.File("a.csv")).Length.ShouldBe(1 + 40);
    }

    [Fact]
    public async Task A_model_that_the_cache_holds_is_not_trained_again_and_a_changed_number_is_another_model()
    {
        await using var first = Train("cache", 2, "a.safetensors");
        (await first.ExitAsync()).ShouldBe(ExitCodes.Done, first.Error);
        await using var again = Train("cache", 2, "b.safetensors");
        (await again.ExitAsync()).ShouldBe(ExitCodes.Done, again.Error);
        again.Error.ShouldContain("nothing was trained");
        await using var changed = Train("cache", 3, "c.safetensors");
        (await changed.ExitAsync()).ShouldBe(ExitCodes.Done, changed.Error);
        changed.Error.ShouldContain("epoch 1/3");
        var (_, description) = ModelDescriptions
            .Read(_folder.File("a.safetensors"), ProductVocabulary.Current)
            .ShouldNotBeNull();
        description.Architecture.ShouldBe("small-conv");
        description.ClassNames.ShouldBe(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
        description.Shape.ShouldBe(new ImageShape(1, 8, 8));
        (description.TrainingSigma, description.TrainingNoise).ShouldBe((0.25, "gaussian"));
        var bytes = File.ReadAllBytes(_folder.File("a.safetensors"));
        File.ReadAllBytes(_folder.File("b.safetensors")).ShouldBe(bytes);
        File.ReadAllBytes(_folder.File("c.safetensors")).ShouldNotBe(bytes);
    }

    [Theory]
    [InlineData("ending in .safetensors", "--out", "net.pt")]
    [InlineData("KEY=NUMBER", "--out", "net.safetensors", "--set", "flip")]
    [InlineData("momentum", "--out", "net.safetensors", "--set", "moment=0.9")]
    [InlineData("small-conv", "--out", "net.safetensors", "--architecture", "resnet19")]
    [InlineData("cannot take the 1×8×8 images", "--out", "net.safetensors", "--architecture", "resnet18")]
    [InlineData("consistency", "--out", "net.safetensors", "--recipe", "magic")]
    [InlineData("no data set", "--out", "net.safetensors", "--dataset", "digitz")]
    public async Task A_mistake_is_one_paragraph_with_the_remedy(string expected, params string[] arguments)
    {
        string[] standard = ["--dataset", "digits", "--architecture", "small-conv", "--sigma", "0.25"];
        var given = standard
            .Chunk(2)
            .Where(pair => !arguments.Contains(pair[0]))
            .SelectMany(pair => pair)
            .Concat(arguments);
        var run = await RsmoothRunner.RunInAsync(_folder.Path, ["train", .. given]);
        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain(expected.Replace("ending", "end", StringComparison.Ordinal));
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_written_is_told_before_the_first_epoch()
    {
        var file = _folder.Write("plain", "in the way");

        var run = await RsmoothRunner.RunInAsync(_folder.Path, [.. Quick[..^1], "plain/net.safetensors"]);

        run.ExitCode.ShouldBe(ExitCodes.Error);
        run.Error.ShouldStartWith($"error: Cannot write '{Path.Combine(file, "net.safetensors")}'");
        run.Error.ShouldNotContain("epoch");
    }

    [Fact]
    public async Task A_data_set_of_one_class_is_warned_of()
    {
        var rows = Enumerable
            .Range(0, 64)
            .Select(i => string.Join(',', Enumerable.Repeat(i, 64).Append(i < 32 ? 3 : 4)));
        var header = string.Join(',', Enumerable.Range(0, 64).Select(i => $"p{i}").Append("label"));
        _folder.Write("rows.csv", $"{header}\n{string.Join('\n', rows)}\n");
        string[] arguments = [.. Quick];
        arguments[2] = "csv:rows.csv";

        var two = await RsmoothRunner.RunInAsync(_folder.Path, arguments);
        arguments[Array.IndexOf(arguments, "64")] = "32";
        var one = await RsmoothRunner.RunInAsync(_folder.Path, arguments);

        two.Error.ShouldNotContain("warning");
        one.ExitCode.ShouldBe(ExitCodes.Done, one.Error);
        one.Error.ShouldContain("warning: All 32 images of rows that are trained on are of one class, '3'");
    }

    [Theory]
    [InlineData("net.yaml")]
    [InlineData("net.csv")]
    [InlineData("net.safetensors")]
    public async Task A_file_that_train_did_not_write_is_not_replaced(string name)
    {
        var file = _folder.Write(name, "name: net\n");

        var run = await RsmoothRunner.RunInAsync(_folder.Path, Quick);

        run.ExitCode.ShouldBe(ExitCodes.BadInput);
        run.Error.ShouldContain($"--out is 'net.safetensors', which would replace {file}");
        run.Error.ShouldContain("--force");
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBe([file]);
        File.ReadAllText(file).ShouldBe("name: net\n");
    }

    [Fact]
    public async Task Force_replaces_it_and_files_of_an_earlier_training_need_none()
    {
        var file = _folder.Write("net.yaml", "name: net\n");

        var forced = await RsmoothRunner.RunInAsync(_folder.Path, [.. Quick, "--force"]);
        var again = await RsmoothRunner.RunInAsync(_folder.Path, Quick);

        forced.ExitCode.ShouldBe(ExitCodes.Done, forced.Error);
        again.ExitCode.ShouldBe(ExitCodes.Done, again.Error);
        File.ReadAllText(file).ShouldStartWith("# Written by rsmooth train; recipe gaussian, 1 epochs, task ");
    }

    private static string[] Quick { get; } =
        "train --dataset digits --architecture small-conv --sigma 0.25 --epochs 1 --max-train 64 --out net.safetensors".Split(
            ' '
        );

    private RsmoothProcess Train(string cache, int epochs, string target) =>
        RsmoothProcess.StartIn(
            _folder.Path,
            new Dictionary<string, string> { ["RSMOOTH_CACHE"] = _folder.File(cache) },
            "train",
            "--dataset",
            "digits",
            "--architecture",
            "small-conv",
            "--sigma",
            "0.25",
            "--epochs",
            $"{epochs}",
            "--batch-size",
            "32",
            "--out",
            target
        );
}
