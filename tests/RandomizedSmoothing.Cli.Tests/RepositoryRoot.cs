namespace RandomizedSmoothing.Cli.Tests;

/// <summary>The checkout that the tests were built from, and the data beside it where there is any.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>The folder of shared data, or null: tests that need it skip.</summary>
    public static string? Shared { get; } =
        new[]
        {
            Environment.GetEnvironmentVariable("RSMOOTH_SHARED"),
            System.IO.Path.Combine(Path, "..", "shared"),
        }.FirstOrDefault(folder =>
            folder is not null && File.Exists(System.IO.Path.Combine(folder, "models", "reference_logits.json"))
        );

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "RandomizedSmoothing.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            "The tests run outside a checkout: no RandomizedSmoothing.sln above the test assembly."
        );
    }
}
