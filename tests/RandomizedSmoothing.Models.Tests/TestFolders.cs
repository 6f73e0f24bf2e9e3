namespace RandomizedSmoothing.Models.Tests;

/// <summary>Where tests find data and leave files.</summary>
internal static class TestFolders
{
    private static readonly Lazy<string?> LazyShared = new(FindShared);

    /// <summary>The folder of shared data, or null where it is absent.</summary>
    public static string? Shared => LazyShared.Value;

    /// <summary>A file of the shared data; skips the test where it is absent.</summary>
    public static string RequireShared(params string[] parts)
    {
        Skip.If(Shared is null, "the shared data are absent: set RSMOOTH_SHARED to their folder");
        var path = Path.Combine([Shared!, .. parts]);
        Skip.IfNot(File.Exists(path) || Directory.Exists(path), $"'{path}' is absent");
        return path;
    }

    private static string? FindShared()
    {
        if (Environment.GetEnvironmentVariable("RSMOOTH_SHARED") is { Length: > 0 } chosen)
        {
            return Directory.Exists(chosen) ? chosen : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RandomizedSmoothing.sln")))
            {
                var shared = Path.Combine(folder.Parent?.FullName ?? "", "shared");
                return Directory.Exists(shared) ? shared : null;
            }
        }

        return null;
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rsmooth-test-").FullName;

    public string File(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
