namespace RandomizedSmoothing.Reporting.Tests;

/// <summary>Finds the files that tests read.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A golden file.</summary>
    public static string Golden(string name) => Path.Combine(Root, "tests", "golden", name);

    /// <summary>The lines of a golden CSV without its header, split at commas.</summary>
    public static IEnumerable<string[]> GoldenRows(string name) =>
        File.ReadLines(Golden(name)).Skip(1).Where(l => l.Length > 0).Select(l => l.Split(','));

    /// <summary>A file or folder of the shared data; skips the test where it is absent.</summary>
    public static string Shared(string name)
    {
        var shared = Environment.GetEnvironmentVariable("RSMOOTH_SHARED");
        var path = Path.Combine(shared ?? Path.Combine(Root, "..", "shared"), name);
        Skip.IfNot(File.Exists(path) || Directory.Exists(path), $"'{path}' is not there: set RSMOOTH_SHARED.");
        return Path.GetFullPath(path);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RandomizedSmoothing.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
