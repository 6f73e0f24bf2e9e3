using SkiaSharp;

namespace RandomizedSmoothing.Cli.Tests.Run;

/// <summary>The shipped sweep that trains a ResNet-20, over a few made-up images, killed after each epoch and when it begins to sample.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private const int Side = 32;
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sweep_with_a_resnet20_killed_again_and_again_ends_with_the_bytes_of_an_undisturbed_one()
    {
        Images();
        foreach (var (ending, models) in new[] { (".checkpoint", 0), (".checkpoint", 0), (".safetensors", 1) })
        {
            await using var victim = await StartUntilAsync(ending);
            await victim.KillAsync();
            Models("killed").Length.ShouldBe(models);
        }

        File.Exists(_folder.File("killed/votes.csv")).ShouldBeFalse();
        await using var resumed = Run("killed", 2);
        (await resumed.ExitAsync()).ShouldBe(ExitCodes.Done, resumed.Error);
        await using var undisturbed = Run("undisturbed", 2);
        (await undisturbed.ExitAsync()).ShouldBe(ExitCodes.Done, undisturbed.Error);
        Models("killed").ShouldBe(Models("undisturbed"));
        TinySweep.Votes(_folder.File("killed")).ShouldBe(TinySweep.Votes(_folder.File("undisturbed")));
    }

    // A run up to the moment in which a file of the cache, complete, is renamed into its place.
    private async Task<RsmoothProcess> StartUntilAsync(string ending)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(
            Directory.CreateDirectory(_folder.File("killed-cache/training")).FullName
        );
        watcher.Renamed += (_, change) =>
        {
            if (change.FullPath.EndsWith(ending, StringComparison.Ordinal))
            {
                written.TrySetResult();
            }
        };
        watcher.EnableRaisingEvents = true;
        var process = Run("killed", 1);
        (await Task.WhenAny(written.Task, process.ExitAsync())).ShouldBe(written.Task, process.Error);
        return process;
    }

    private RsmoothProcess Run(string name, int workers) =>
        RsmoothProcess.StartIn(
            _folder.Path,
            new Dictionary<string, string> { ["RSMOOTH_CACHE"] = _folder.File($"{name}-cache") },
            "run",
            Path.Combine(RepositoryRoot.Path, "cluster-config", "sweeps", "cifar10-resnet20-quick.yaml"),
            "--out",
            name,
            "--workers",
            $"{workers}",
            "--set",
            $"datasets.cifar10.path={_folder.File("images")}",
            "--set",
            "datasets.cifar10.skip=1",
            "--set",
            "models.resnet20.train.sigmas=[0.25]",
            "--set",
            "models.resnet20.train.epochs=3",
            "--set",
            "certify.n=100"
        );

    private (string Name, string Digest)[] Models(string name)
    {
        var folder = _folder.File($"{name}-cache");
        return
        [
            .. Directory
                .EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == "training")
                .Order(StringComparer.Ordinal)
                .Select(file =>
                    (
                        Path.GetFileName(file),
                        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))
                    )
                ),
        ];
    }

    // Ten colours, with stripes that tell the images of a class apart.
    private void Images()
    {
        foreach (var (split, count) in new[] { ("train", 16), ("test", 2) })
        {
            for (var image = 0; image < 10 * count; image++)
            {
                var (label, number) = (image % 10, image / 10);
                var folder = Directory.CreateDirectory(_folder.File($"images/{split}/class{label}"));
                using var bitmap = new SKBitmap(Side, Side);
                for (var at = 0; at < Side * Side; at++)
                {
                    var stripe = (byte)((at / Side * (number + 1) + at * label) % 97);
                    bitmap.SetPixel(at % Side, at / Side, new SKColor((byte)(25 * label), stripe, (byte)(5 * number)));
                }

                using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(Path.Combine(folder.FullName, $"{number}.png"), png.ToArray());
            }
        }
    }
}
