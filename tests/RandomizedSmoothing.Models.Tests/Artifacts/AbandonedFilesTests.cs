using RandomizedSmoothing.Models.Artifacts;

namespace RandomizedSmoothing.Models.Tests.Artifacts;

public sealed class AbandonedFilesTests : IDisposable
{
    private readonly CacheFolders _cache = new(Directory.CreateTempSubdirectory("rsmooth-abandoned").FullName);

    public void Dispose() => Directory.Delete(_cache.Root, recursive: true);

    [Fact]
    public void What_killed_processes_were_writing_is_removed()
    {
        Write(Path.Combine(_cache.Artifacts, $"incoming-{Guid.NewGuid():N}"));
        Write(Path.Combine(_cache.Artifacts, $"incoming-{Guid.NewGuid():N}.{Guid.NewGuid():N}.part"));
        Write(Path.Combine(_cache.Artifacts, "ab", $"{new string('a', 64)}.{Guid.NewGuid():N}.part"));
        Write(Path.Combine(_cache.Training, "task", $"model.safetensors.{Guid.NewGuid():N}.part"));

        AbandonedFiles.Remove(_cache, DateTimeOffset.UtcNow.AddMinutes(1));

        Left().ShouldBeEmpty();
    }

    [Fact]
    public void What_somebody_may_still_need_is_left()
    {
        var hash = new ArtifactCache(_cache.Artifacts).Publish(
            stream => stream.Write("a model"u8),
            CancellationToken.None
        );
        Write(Path.Combine(_cache.Datasets, "mnist", "images.gz.part"));
        Write(Path.Combine(_cache.Artifacts, "incoming", hash.Hex));
        var young = Path.Combine(_cache.Artifacts, $"incoming-{Guid.NewGuid():N}");
        Write(young);
        File.SetLastWriteTimeUtc(young, DateTime.UtcNow.AddHours(1));
        var before = Left();

        AbandonedFiles.Remove(_cache, DateTimeOffset.UtcNow.AddMinutes(1));

        Left().ShouldBe(before);
    }

    [Fact]
    public void What_a_live_process_writes_is_left_however_old_it_is()
    {
        IReadOnlyList<string> during = [];
        var cache = new ArtifactCache(_cache.Artifacts);

        cache.Publish(
            stream =>
            {
                stream.Write("a model"u8);
                AbandonedFiles.Remove(_cache, DateTimeOffset.UtcNow.AddMinutes(1));
                during = Left();
            },
            CancellationToken.None
        );

        during.ShouldHaveSingleItem().ShouldEndWith(".part");
    }

    private static void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "half a file");
    }

    private IReadOnlyList<string> Left() =>
        [.. Directory.EnumerateFiles(_cache.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
