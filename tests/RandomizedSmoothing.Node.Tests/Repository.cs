namespace RandomizedSmoothing.Node.Tests;

/// <summary>Files of the repository that the tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "RandomizedSmoothing.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("The tests run inside the repository.");
    }
}
